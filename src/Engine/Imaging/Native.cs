using System.Runtime.InteropServices;

namespace Engine.Imaging;

/// <summary>The part of libvips and GObject that is called: functions of fixed arguments only.</summary>
/// <remarks>The convenience functions (vips_resize ...) are C varargs, which P/Invoke does not call portably; every
/// operation goes through a VipsOperation object and its properties instead.</remarks>
internal static partial class Native
{
    private const string Vips = "vips-cpp";

    /// <summary>GType numbers of the fundamental types, fixed by GLib's binary interface.</summary>
    public const nint TypeBoolean = 5 << 2, TypeInt = 6 << 2, TypeDouble = 15 << 2, TypeString = 16 << 2;

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int vips_init(string name);

    [LibraryImport(Vips)]
    public static partial void vips_concurrency_set(int threads);

    [LibraryImport(Vips)]
    public static partial void vips_cache_set_max(int operations);

    [LibraryImport(Vips)]
    public static partial void vips_block_untrusted_set([MarshalAs(UnmanagedType.Bool)] bool block);

    [LibraryImport(Vips)]
    public static partial nint vips_error_buffer_copy();

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint vips_operation_new(string name);

    [LibraryImport(Vips)]
    public static partial int vips_object_build(nint instance);

    [LibraryImport(Vips)]
    public static partial void vips_object_unref_outputs(nint instance);

    [LibraryImport(Vips)]
    public static unsafe partial nint vips_image_new_from_memory_copy(
        void* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Vips)]
    public static unsafe partial void* vips_image_write_to_memory(nint image, out nuint size);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_width(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_height(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_bands(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_format(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_n_pages(nint image);

    [LibraryImport(Vips)]
    public static partial int vips_image_get_page_height(nint image);

    [LibraryImport(Vips)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool vips_image_hasalpha(nint image);

    [LibraryImport(Vips)]
    public static unsafe partial nint vips_blob_copy(void* data, nuint size);

    [LibraryImport(Vips)]
    public static unsafe partial void* vips_blob_get(nint blob, out nuint size);

    [LibraryImport(Vips)]
    public static partial void vips_area_unref(nint area);

    [LibraryImport(Vips)]
    public static partial nint vips_image_get_type();

    [LibraryImport(Vips)]
    public static partial nint vips_blob_get_type();

    [LibraryImport(Vips)]
    public static unsafe partial nint vips_array_double_new(double* values, int count);

    [LibraryImport(Vips)]
    public static partial nint vips_array_double_get_type();

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint g_type_from_name(string name);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void g_object_set_property(nint instance, string name, in GValue value);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void g_object_get_property(nint instance, string name, ref GValue value);

    [LibraryImport(Vips)]
    public static partial void g_object_unref(nint instance);

    [LibraryImport(Vips)]
    public static partial void g_free(nint memory);

    [LibraryImport(Vips)]
    public static partial void g_value_init(ref GValue value, nint type);

    [LibraryImport(Vips)]
    public static partial void g_value_unset(ref GValue value);

    [LibraryImport(Vips)]
    public static partial void g_value_set_boolean(ref GValue value, [MarshalAs(UnmanagedType.Bool)] bool on);

    [LibraryImport(Vips)]
    public static partial void g_value_set_int(ref GValue value, int number);

    [LibraryImport(Vips)]
    public static partial void g_value_set_double(ref GValue value, double number);

    [LibraryImport(Vips)]
    public static partial void g_value_set_enum(ref GValue value, int number);

    [LibraryImport(Vips)]
    public static partial void g_value_set_flags(ref GValue value, uint number);

    [LibraryImport(Vips)]
    public static partial void g_value_set_object(ref GValue value, nint instance);

    [LibraryImport(Vips)]
    public static partial void g_value_set_boxed(ref GValue value, nint boxed);

    [LibraryImport(Vips)]
    public static partial nint g_value_dup_object(in GValue value);

    [LibraryImport(Vips)]
    public static partial nint g_value_dup_boxed(in GValue value);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial uint g_log_set_handler(
        string domain, int levels, delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> handler, nint data);

    /// <summary>GObject's GValue: a type and 16 bytes of content.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GValue
    {
        public nint Type;
        public ulong Content0;
        public ulong Content1;
    }
}
