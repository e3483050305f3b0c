using System.Runtime.InteropServices;

namespace Engine.Imaging;

/// <summary>A reference to a libvips image, given back once.</summary>
internal sealed class VipsHandle : SafeHandle
{
    public VipsHandle(nint image)
        : base(0, ownsHandle: true) => SetHandle(image);

    public override bool IsInvalid => handle == 0;

    public int Width => Native.vips_image_get_width(handle);

    public int Height => Native.vips_image_get_height(handle);

    public int Bands => Native.vips_image_get_bands(handle);

    public bool HasAlpha => Native.vips_image_hasalpha(handle);

    public nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        Native.g_object_unref(handle);
        return true;
    }
}
