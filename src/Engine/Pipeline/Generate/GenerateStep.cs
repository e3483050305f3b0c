using System.Diagnostics;
using Engine.Flow;
using Engine.Items;
using Engine.Options;

namespace Engine.Pipeline.Generate;

/// <summary>The generate stage: prompts in, pictures out; a picture that shows nothing is dropped.</summary>
/// <remarks>
/// <para>Steps: (1) each prompt goes to one of the generators, chosen by its seed and their weights, so that the same
/// plan and seed give the same pictures whatever the timing; (2) all generators of a batch work at once; (3) each
/// answer is judged and counted by the generator's breaker.</para>
/// <para>The prompts of a stopped generator go to the others; when all are stopped the stage waits, and loses
/// nothing.</para>
/// </remarks>
public sealed class GenerateStep
{
    // Not the numbers that a generator draws of the same seed.
    private const ulong ChoiceStream = 0x67656E6572617465;

    private readonly GeneratorShare[] _shares;
    private readonly GeneratorBreaker[] _breakers;
    private readonly TimeProvider _clock;

    /// <summary>Makes the stage's step.</summary>
    /// <param name="shares">1 or more generators of different names; owned by the caller.</param>
    /// <param name="options">When a generator counts as broken.</param>
    /// <param name="clock">Times the pause of a stopped generator.</param>
    /// <exception cref="ArgumentException">No generator, a weight that is not above 0, or an option out of range.
    /// </exception>
    public GenerateStep(IReadOnlyList<GeneratorShare> shares, GenerateOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(clock);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        if (shares.Count == 0 || shares.Any(share => !(share.Weight > 0 && double.IsFinite(share.Weight))))
        {
            throw new ArgumentException("A plan needs a generator, and each a finite weight above 0.", nameof(shares));
        }

        (_shares, _clock) = ([.. shares], clock);
        PictureBytesMax = _shares.Max(share => share.Generator.PictureBytesMax);
        _breakers = [.. _shares.Select(share => new GeneratorBreaker(share.Generator.Name, options, clock))];
    }

    /// <summary>Bytes of the largest picture that any of the generators returns.</summary>
    public long PictureBytesMax { get; }

    /// <summary>What is stopped and why; null when every generator works.</summary>
    public string? Problem
    {
        get
        {
            string[] problems = [.. _breakers.Select(breaker => breaker.Problem).OfType<string>()];
            return problems.Length > 0 ? string.Join("; ", problems) : null;
        }
    }

    /// <summary>Makes one picture a prompt.</summary>
    /// <param name="prompts">1 or more.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome a prompt, in order: a picture, or a drop (blank, and the generator's own).</returns>
    /// <exception cref="InvalidOperationException">A generator answered for fewer prompts than given.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Picture>>> RunAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        bool[] allowed = await AllowedAsync(stopping).ConfigureAwait(false);
        Outcome<Picture>[] outcomes = new Outcome<Picture>[prompts.Count];
        await Task.WhenAll(Enumerable.Range(0, prompts.Count)
            .GroupBy(at => Choose(prompts[at].Seed, allowed)) // (1)
            .Select(group => MakeAsync(group.Key, [.. group], prompts, outcomes, stopping))) // (2)
            .ConfigureAwait(false);
        return outcomes;
    }

    private async Task<bool[]> AllowedAsync(CancellationToken stopping)
    {
        while (true)
        {
            TimeSpan[] left = [.. _breakers.Select(breaker => breaker.Left)];
            if (Array.Exists(left, at => at <= TimeSpan.Zero))
            {
                return [.. left.Select(at => at <= TimeSpan.Zero)];
            }

            await Task.Delay(left.Min(), _clock, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Draws among all, and again among those that work when the first is stopped: a generator that comes back
    /// takes just what was its own.</summary>
    private int Choose(ulong seed, bool[] allowed)
    {
        SeededRandom random = new(seed ^ ChoiceStream);
        int first = Draw(random.Next(), static (_, _) => true);
        return allowed[first] ? first : Draw(random.Next(), static (allowed, at) => allowed[at]);

        int Draw(double number, Func<bool[], int, bool> isIn)
        {
            double all = 0;
            for (int at = 0; at < _shares.Length; at++)
            {
                all += isIn(allowed, at) ? _shares[at].Weight : 0;
            }

            (double sum, int last) = (0, 0);
            for (int at = 0; at < _shares.Length; at++)
            {
                if (isIn(allowed, at))
                {
                    (sum, last) = (sum + _shares[at].Weight, at);
                    if (number * all < sum)
                    {
                        return at;
                    }
                }
            }

            return last; // Rounding.
        }
    }

    private async Task MakeAsync(
        int share, int[] which, IReadOnlyList<Prompt> prompts, Outcome<Picture>[] outcomes, CancellationToken stopping)
    {
        IImageGenerator generator = _shares[share].Generator;
        foreach (int[] batch in which.Chunk(generator.BatchMax))
        {
            long started = Stopwatch.GetTimestamp();
            IReadOnlyList<Outcome<Generated>> made = await generator
                .GenerateAsync([.. batch.Select(at => prompts[at])], stopping).ConfigureAwait(false);
            GenerateMetrics.Called(generator.Name, Stopwatch.GetElapsedTime(started));
            if (made.Count != batch.Length)
            {
                throw new InvalidOperationException(
                    $"Generator '{generator.Name}' answered for {made.Count} of {batch.Length} prompts.");
            }

            for (int i = 0; i < batch.Length; i++)
            {
                Outcome<Picture> outcome = Judge(prompts[batch[i]], generator, made[i]); // (3)
                GenerateMetrics.Answered(generator.Name, outcome.DropReason);
                if (_breakers[share].Count(outcome.DropReason))
                {
                    GenerateMetrics.Stopped(generator.Name);
                }

                outcomes[batch[i]] = outcome;
            }
        }
    }

    private static Outcome<Picture> Judge(Prompt prompt, IImageGenerator generator, Outcome<Generated> made)
    {
        if (made.DropReason is { } reason)
        {
            return Outcome.Drop<Picture>(reason, made.Detail);
        }

        RgbImage image = made.Value!.Image;
        return image.IsOfOneColour
            ? Outcome.Drop<Picture>(
                RejectReason.Blank, $"every pixel is RGB {image.Pixels[0]} {image.Pixels[1]} {image.Pixels[2]}")
            : Outcome.Keep(new Picture(prompt, image, generator.Name, made.Value.Lineage));
    }
}
