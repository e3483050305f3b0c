using Kernels.Device;
using Option = Kernels.Device.KernelDevices.Option;

namespace Kernels.Tests.Device;

/// <summary>Goal: the right device is opened and each other one is listed with its reason. Method: devices made up,
/// then the machine's own.</summary>
[Collection(nameof(OpenClDevices))]
public sealed class KernelDevicesTests
{
    private static readonly Option NoCuda = new(DeviceKind.Cuda, "") { Missing = "there is no libcuda.so.1" };

    [Fact]
    public void The_first_that_is_fit_is_opened_and_the_others_are_listed()
    {
        KernelDevices devices = Of(NoCuda, Fit(DeviceKind.OpenCl, "gpu"), Fit(DeviceKind.Cpu, "processor"));

        FakeDevice opened = Assert.IsType<FakeDevice>(devices.Open());

        Assert.Equal("gpu", opened.Name);
        Assert.Equal([(DeviceKind.Cuda, false), (DeviceKind.OpenCl, true), (DeviceKind.Cpu, false)],
            devices.Candidates.Select(one => (one.Kind, one.IsChosen)));
        Assert.Equal(["there is no libcuda.so.1", "the first that is fit", "another comes first"],
            devices.Candidates.Select(one => one.Reason));
    }

    [Fact]
    public void One_that_fails_to_open_is_passed_over_with_its_words()
    {
        KernelDevices devices = Of(
            new Option(DeviceKind.Cuda, "broken") { Open = () => throw new KernelDeviceException("no more memory") },
            Fit(DeviceKind.Cpu, "processor"));

        Assert.Equal("processor", devices.Open().Name);
        Assert.Equal("no more memory", devices.Candidates[0].Reason);
    }

    [Fact]
    public void OpenCL_on_a_processor_is_taken_only_when_it_is_forced()
    {
        KernelDevices devices = Of(
            Fit(DeviceKind.OpenCl, "pocl") with { OnlyForced = "it is no GPU" }, Fit(DeviceKind.Cpu, "processor"));

        Assert.Equal("processor", devices.Open().Name);
        Assert.Equal("it is no GPU", devices.Candidates[0].Reason);

        Assert.Equal("pocl", devices.Open(DeviceKind.OpenCl).Name);
        Assert.Equal("OpenCl was asked for", devices.Candidates[1].Reason);
    }

    [Fact]
    public void A_forced_kind_that_is_not_there_is_refused_with_the_reasons()
    {
        KernelDevices devices = Of(NoCuda, Fit(DeviceKind.Cpu, "processor"));

        string message = Assert.Throws<KernelDeviceException>(() => devices.Open(DeviceKind.Cuda)).Message;

        Assert.Contains("there is no libcuda.so.1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void This_machine_has_at_least_the_processor_and_says_of_every_kind_why()
    {
        KernelDevices devices = new(() => new FakeDevice(DeviceKind.Cpu, "processor"));

        using IKernelDevice opened = devices.Open();

        Assert.NotEqual(DeviceKind.Other, opened.Kind);
        Assert.Equal(3, devices.Candidates.Select(one => one.Kind).Distinct().Count());
        Assert.All(devices.Candidates, one => Assert.NotEmpty(one.Reason));
        Assert.Single(devices.Candidates, one => one.IsChosen);
    }

    private static Option Fit(DeviceKind kind, string name) =>
        new(kind, name) { Open = () => new FakeDevice(kind, name) };

    private static KernelDevices Of(params Option[] options) => new([() => options]);
}
