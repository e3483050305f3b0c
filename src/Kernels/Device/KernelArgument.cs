namespace Kernels.Device;

/// <summary>One argument of a kernel: a buffer or a 32-bit number.</summary>
public readonly struct KernelArgument : IEquatable<KernelArgument>
{
    private KernelArgument(DeviceBuffer? buffer, int bits) => (Buffer, Bits) = (buffer, bits);

    /// <summary>The buffer; null for a number, and for a buffer that the kernel is told not to touch.</summary>
    public DeviceBuffer? Buffer { get; }

    /// <summary>The number's 32 bits.</summary>
    public int Bits { get; }

    /// <summary>Whether it is a buffer, null included.</summary>
    public bool IsBuffer { get; private init; }

    /// <summary>A buffer.</summary>
    /// <param name="buffer">The buffer; null gives the kernel a null pointer.</param>
    public static KernelArgument Of(DeviceBuffer? buffer) => new(buffer, 0) { IsBuffer = true };

    /// <summary>An int.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator KernelArgument(int value) => new(null, value);

    /// <summary>A float.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator KernelArgument(float value) => new(null, BitConverter.SingleToInt32Bits(value));

    /// <summary>A buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    public static implicit operator KernelArgument(DeviceBuffer buffer) => Of(buffer);

    /// <summary>An int.</summary>
    /// <param name="value">The number.</param>
    public static KernelArgument FromInt32(int value) => value;

    /// <summary>A float.</summary>
    /// <param name="value">The number.</param>
    public static KernelArgument FromSingle(float value) => value;

    /// <summary>A buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    public static KernelArgument FromDeviceBuffer(DeviceBuffer buffer) => Of(buffer);

    /// <summary>Whether both are the same argument.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(KernelArgument left, KernelArgument right) => left.Equals(right);

    /// <summary>Whether they are different arguments.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(KernelArgument left, KernelArgument right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(KernelArgument other) =>
        ReferenceEquals(Buffer, other.Buffer) && Bits == other.Bits && IsBuffer == other.IsBuffer;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KernelArgument other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Buffer, Bits, IsBuffer);
}
