using Engine.Runtimes.Diffusion;

namespace Engine.Tests.Runtimes.Diffusion;

public sealed class NormalNoiseTests
{
    private const int Values = 200_000;

    [Fact]
    public void Noise_has_the_moments_and_tails_of_the_normal_distribution()
    {
        float[] noise = Make(seed: 42, stream: 0);

        Assert.Equal(0, noise.Average(value => value), 0.012);
        Assert.Equal(1, noise.Average(value => value * value), 0.02);
        Assert.Equal(0, noise.Average(value => value * value * value), 0.05);
        Assert.Equal(3, noise.Average(value => Math.Pow(value, 4)), 0.15);
        Assert.Equal(0.0455, noise.Count(value => Math.Abs(value) > 2) / (double)Values, 0.003);
        Assert.All(noise, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(0, 0, 1, 0)]  // seeds that follow each other: the attempts of a prompt with a seed of its own
    [InlineData(7, 0, 7, 1)]  // first latent and first step
    [InlineData(7, 1, 7, 2)]
    [InlineData(ulong.MaxValue, 0, 0, 0)]
    public void Seeds_and_streams_are_independent(ulong seed, int stream, ulong otherSeed, int otherStream)
    {
        float[] one = Make(seed, stream);
        float[] other = Make(otherSeed, otherStream);

        Assert.Equal(0, one.Zip(other).Average(pair => pair.First * pair.Second), 0.012);
        Assert.Equal(0, one.Zip(other.Skip(2)).Average(pair => pair.First * pair.Second), 0.012);
    }

    [Fact]
    public void Number_depends_on_seed_stream_and_index_only()
    {
        float[] few = new float[7];
        NormalNoise.Fill(few, seed: 9, stream: 3);

        Assert.Equal(Make(9, 3)[..7], few);
    }

    private static float[] Make(ulong seed, int stream)
    {
        float[] noise = new float[Values];
        NormalNoise.Fill(noise, seed, stream);
        return noise;
    }
}
