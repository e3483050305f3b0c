using Host.Bench;

namespace Host.Tests.Bench;

public sealed class MaskFiguresTests
{
    [Fact]
    public void Line_gives_overlap_of_the_accepted_and_time_and_reasons_of_all()
    {
        MaskFigures figures = new();

        figures.Accepted([1, 1, 0, 0], [255, 128, 127, 0], TimeSpan.FromMilliseconds(10)); // 1
        figures.Accepted([1, 1, 0, 0], [255, 0, 255, 0], TimeSpan.FromMilliseconds(20)); // 1 of 3
        figures.Rejected("area_low", TimeSpan.FromMilliseconds(60));
        figures.Rejected("area_low", TimeSpan.FromMilliseconds(30));

        Assert.Equal(
            "4 pictures, 2 accepted; IoU mean 0.6667, p10 0.4000, min 0.3333; ms a picture mean 30, median 25; "
                + "rejected: area_low 2",
            figures.Line());
    }

    [Fact]
    public void Nothing_accepted_is_no_figure_and_no_fault()
    {
        MaskFigures figures = new();

        Assert.Contains("0 pictures, 0 accepted; IoU mean NaN", figures.Line(), StringComparison.Ordinal);
    }
}
