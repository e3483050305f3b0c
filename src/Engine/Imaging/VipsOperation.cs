using System.Runtime.InteropServices;

namespace Engine.Imaging;

/// <summary>One libvips operation: set its inputs, build it, take its outputs.</summary>
/// <remarks>libvips computes lazily: an image output holds what it needs alive, pixels are made when they are read.
/// Operations are built directly and not through the cache, so nothing of a file outlives the call.</remarks>
internal sealed class VipsOperation : IDisposable
{
    private readonly string _name;
    private nint _operation;

    public VipsOperation(string name)
    {
        VipsLibrary.Start();
        _name = name;
        _operation = Native.vips_operation_new(name);
        if (_operation == 0)
        {
            throw new InvalidOperationException($"libvips has no operation '{name}': {VipsLibrary.TakeError()}");
        }
    }

    public VipsOperation With(string name, int number) =>
        Set(name, Native.TypeInt, (ref Native.GValue value) => Native.g_value_set_int(ref value, number));

    public VipsOperation With(string name, double number) =>
        Set(name, Native.TypeDouble, (ref Native.GValue value) => Native.g_value_set_double(ref value, number));

    public VipsOperation With(string name, bool on) =>
        Set(name, Native.TypeBoolean, (ref Native.GValue value) => Native.g_value_set_boolean(ref value, on));

    public VipsOperation With(string name, VipsHandle image) => Set(
        name, Native.vips_image_get_type(),
        (ref Native.GValue value) => Native.g_value_set_object(ref value, image.Pointer));

    /// <summary>Sets an enumeration by its GType's name and its number.</summary>
    public VipsOperation With(string name, string type, int number) => Set(
        name, Native.g_type_from_name(type), (ref Native.GValue value) => Native.g_value_set_enum(ref value, number));

    public unsafe VipsOperation With(string name, ReadOnlySpan<double> numbers)
    {
        nint array;
        fixed (double* first = numbers)
        {
            array = Native.vips_array_double_new(first, numbers.Length);
        }

        return SetBoxed(name, Native.vips_array_double_get_type(), array);
    }

    public unsafe VipsOperation With(string name, ReadOnlySpan<byte> bytes)
    {
        nint blob;
        fixed (byte* first = bytes)
        {
            blob = Native.vips_blob_copy(first, (nuint)bytes.Length);
        }

        return SetBoxed(name, Native.vips_blob_get_type(), blob);
    }

    /// <summary>Builds the operation and takes its image output.</summary>
    public VipsHandle Image(string output = "out") => new(Take(output, Native.vips_image_get_type(), boxed: false));

    /// <summary>Builds the operation and copies its bytes output.</summary>
    public unsafe byte[] Bytes(string output = "buffer")
    {
        nint blob = Take(output, Native.vips_blob_get_type(), boxed: true);
        try
        {
            void* data = Native.vips_blob_get(blob, out nuint size);
            return new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
        }
        finally
        {
            Native.vips_area_unref(blob);
        }
    }

    public void Dispose()
    {
        nint operation = Interlocked.Exchange(ref _operation, 0);
        if (operation != 0)
        {
            Native.g_object_unref(operation);
        }
    }

    private nint Take(string output, nint type, bool boxed)
    {
        if (Native.vips_object_build(_operation) != 0)
        {
            Native.vips_object_unref_outputs(_operation);
            throw new ImageException(ImageFault.Damaged, $"{_name}: {VipsLibrary.TakeError()}");
        }

        Native.GValue value = default;
        Native.g_value_init(ref value, type);
        Native.g_object_get_property(_operation, output, ref value);
        nint taken = boxed ? Native.g_value_dup_boxed(in value) : Native.g_value_dup_object(in value);
        Native.g_value_unset(ref value);
        Native.vips_object_unref_outputs(_operation);
        return taken;
    }

    private VipsOperation SetBoxed(string name, nint type, nint area)
    {
        Set(name, type, (ref Native.GValue value) => Native.g_value_set_boxed(ref value, area));
        Native.vips_area_unref(area);
        return this;
    }

    private VipsOperation Set(string name, nint type, Write write)
    {
        Native.GValue value = default;
        Native.g_value_init(ref value, type);
        write(ref value);
        Native.g_object_set_property(_operation, name, in value);
        Native.g_value_unset(ref value);
        return this;
    }

    private delegate void Write(ref Native.GValue value);
}
