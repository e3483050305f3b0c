namespace Engine.Tests.Index;

/// <summary>A category whose rows are alike by m + r_i + r_j, and whose photographs' rows share most of r.</summary>
internal sealed class DrawnCategory
{
    private const double PictureDeviation = 0.04;
    private const double RowDeviation = 0.02;

    private readonly double _mean;
    private readonly (int Picture, double Typical)[] _rows;

    public DrawnCategory(Random random, double mean, int pictures, int objectsMax)
    {
        _mean = mean;
        _rows = [.. Enumerable.Range(0, pictures).SelectMany(picture =>
        {
            double shared = PictureDeviation * Normal(random);
            return Enumerable.Range(0, random.Next(1, objectsMax + 1))
                .Select(_ => (picture, shared + (RowDeviation * Normal(random)))).ToArray();
        })];
    }

    /// <summary>The score of each row, its photograph left out; none where there is no other.</summary>
    public List<(int Picture, double Score)> Scores =>
    [
        .. _rows.Where(row => Array.Exists(_rows, other => other.Picture != row.Picture)).Select(row => (
            row.Picture,
            _mean + row.Typical
                + _rows.Where(other => other.Picture != row.Picture).Average(other => other.Typical))),
    ];

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>The score of an object of a photograph that is not in the index.</summary>
    public double Next(Random random) =>
        _mean + _rows.Average(row => row.Typical) + (PictureDeviation * Normal(random))
        + (RowDeviation * Normal(random));
}
