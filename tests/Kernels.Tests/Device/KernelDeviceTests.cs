using FsCheck;
using FsCheck.Fluent;
using Kernels.Device;

namespace Kernels.Tests.Device;

/// <summary>
/// Goal: every device keeps <see cref="IKernelDevice"/>. Method: one body of laws; a class a device says how it is
/// opened, or skips where it cannot be.
/// </summary>
public abstract class KernelDeviceTests
{
    protected abstract IKernelDevice Open();

    [Fact]
    [Trait("oclgrind", "yes")]
    public void What_is_uploaded_anywhere_is_downloaded_again()
    {
        using IKernelDevice device = Open();

        Prop.ForAll(Places(), place =>
        {
            (int room, int offset, int count, int seed) = place;
            byte[] expected = Bytes(room, seed);
            byte[] patch = Bytes(count, seed + 1);
            using DeviceBuffer<byte> buffer = device.Allocate<byte>(room);

            device.Upload(expected.AsSpan(), buffer);
            device.Upload(patch.AsSpan(), buffer, offset);

            patch.CopyTo(expected, offset);
            byte[] whole = new byte[room];
            byte[] part = new byte[count];
            device.Download(buffer, whole.AsSpan());
            device.Download(buffer, part.AsSpan(), offset);
            return expected.SequenceEqual(whole) && patch.SequenceEqual(part);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    [Trait("oclgrind", "yes")]
    public void A_copy_moves_its_range_and_nothing_else()
    {
        using IKernelDevice device = Open();

        Prop.ForAll(Places(), place =>
        {
            (int room, int offset, int count, int seed) = place;
            int[] from = [.. Bytes(room, seed).Select(value => value * 65_537)];
            int[] expected = [.. Bytes(room + 3, seed + 1).Select(value => -value)];
            using DeviceBuffer<int> source = device.Allocate<int>(from.Length);
            using DeviceBuffer<int> target = device.Allocate<int>(expected.Length);
            device.Upload(from.AsSpan(), source);
            device.Upload(expected.AsSpan(), target);

            device.Copy(source, offset, target, offset + 3, count);

            from.AsSpan(offset, count).CopyTo(expected.AsSpan(offset + 3));
            int[] actual = new int[expected.Length];
            device.Download(target, actual.AsSpan());
            return expected.SequenceEqual(actual);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Marks_come_in_the_order_they_were_made_and_the_time_between_them_is_not_negative()
    {
        using IKernelDevice device = Open();
        using DeviceBuffer<byte> one = device.Allocate<byte>(1 << 20);
        using DeviceBuffer<byte> other = device.Allocate<byte>(1 << 20);
        device.Upload(new byte[1 << 20].AsSpan(), one);

        using IKernelEvent before = device.Record();
        device.Copy(one, 0, other, 0, one.Count);
        using IKernelEvent after = device.Record();

        after.Wait();
        Assert.True(before.IsDone);
        Assert.True(after.IsDone);
        Assert.True(after.Since(before) >= TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, after.Since(after));
    }

    [Fact]
    public void After_the_device_is_synchronized_every_mark_is_done()
    {
        using IKernelDevice device = Open();
        using IKernelEvent mark = device.Record();

        device.Synchronize();

        Assert.True(mark.IsDone);
    }

    [Fact]
    public void A_buffer_is_given_back_once_however_often_it_is_disposed()
    {
        using IKernelDevice device = Open();
        int released = 0;
        DeviceBuffer<int> wrapped = new(device, handle: 64, count: 1, _ => released++);

        wrapped.Dispose();
        wrapped.Dispose();

        Assert.Equal(1, released);
        Assert.Throws<ObjectDisposedException>(() => wrapped.Handle);
    }

    [Fact]
    public void A_disposed_buffer_is_refused()
    {
        using IKernelDevice device = Open();
        using DeviceBuffer<int> good = device.Allocate<int>(4);
        DeviceBuffer<int> gone = device.Allocate<int>(4);
        gone.Dispose();

        Assert.Throws<ObjectDisposedException>(() => device.Upload<int>([1], gone));
        Assert.Throws<ObjectDisposedException>(() => device.Download(gone, new int[1].AsSpan()));
        Assert.Throws<ObjectDisposedException>(() => device.Copy(gone, 0, good, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => device.Copy(good, 0, gone, 0, 1));
    }

    [Fact]
    public void A_disposed_device_is_refused_and_can_be_disposed_again()
    {
        IKernelDevice device = Open();
        DeviceBuffer<int> buffer = device.Allocate<int>(4);
        device.Dispose();
        device.Dispose();

        Assert.Throws<ObjectDisposedException>(() => device.Allocate<int>(1));
        Assert.Throws<ObjectDisposedException>(() => device.Upload<int>([1], buffer));
        Assert.Throws<ObjectDisposedException>(() => device.Download(buffer, new int[1].AsSpan()));
        Assert.Throws<ObjectDisposedException>(() => device.Copy(buffer, 0, buffer, 2, 1));
        Assert.Throws<ObjectDisposedException>(device.Record);
        Assert.Throws<ObjectDisposedException>(device.Synchronize);
        buffer.Dispose();
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 9)]
    [InlineData(5, 4)]
    [InlineData(9, 0)]
    [InlineData(long.MaxValue, 1)]
    public void A_range_outside_its_buffer_is_refused_with_the_numbers(long offset, int count)
    {
        using IKernelDevice device = Open();
        using DeviceBuffer<int> small = device.Allocate<int>(8);
        using DeviceBuffer<int> large = device.Allocate<int>(64);
        int[] values = new int[count];

        AssertNumbers(() => device.Upload<int>(values, small, offset));
        AssertNumbers(() => device.Download(small, values.AsSpan(), offset));
        AssertNumbers(() => device.Copy(small, offset, large, 0, count));
        AssertNumbers(() => device.Copy(large, 0, small, offset, count));

        void AssertNumbers(Action action)
        {
            string message = Assert.Throws<ArgumentOutOfRangeException>(action).Message;
            Assert.Contains($"{count} values from {offset}", message, StringComparison.Ordinal);
            Assert.Contains("of 8", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_moved_by_a_count_of_zero()
    {
        using IKernelDevice device = Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(2);

        device.Upload<int>([], buffer, 2);
        device.Download(buffer, Span<int>.Empty, 2);
        device.Copy(buffer, 2, buffer, 2, 0);

        device.Synchronize();
    }

    [Fact]
    public void A_buffer_of_another_device_is_refused()
    {
        using IKernelDevice one = Open();
        using IKernelDevice other = Open();
        using DeviceBuffer<int> foreign = other.Allocate<int>(4);

        Assert.Throws<ArgumentException>(() => one.Upload<int>([1], foreign));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_buffer_without_values_is_refused(long count)
    {
        using IKernelDevice device = Open();

        Assert.Throws<ArgumentOutOfRangeException>(() => device.Allocate<int>(count));
    }

    [Theory]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue / 4)]
    [InlineData(long.MaxValue)]
    public void More_memory_than_there_is_says_that_memory_is_what_lacks(long count)
    {
        using IKernelDevice device = Open();

        KernelDeviceException refused = Assert.Throws<KernelDeviceException>(() => device.Allocate<long>(count));

        Assert.True(refused.OutOfMemory);
        Assert.False(refused.DeviceLost);
        using DeviceBuffer<long> little = device.Allocate<long>(1); // It still works.
    }

    [Fact]
    public void It_tells_its_name_and_its_memory()
    {
        using IKernelDevice device = Open();

        Assert.NotEmpty(device.Name);
        Assert.InRange(device.MemoryBytes, 1 << 20, long.MaxValue);
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static Arbitrary<(int Room, int Offset, int Count, int Seed)> Places() => Arb.From(
        from room in Gen.Choose(1, 5000)
        from offset in Gen.Choose(0, room)
        from count in Gen.Choose(0, room - offset)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (room, offset, count, seed));
}
