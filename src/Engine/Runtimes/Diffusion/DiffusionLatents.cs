using Engine.Items;

namespace Engine.Runtimes.Diffusion;

/// <summary>Pictures that are made but not yet decoded: what lies between the generator's two halves.</summary>
public sealed class DiffusionLatents
{
    internal DiffusionLatents(IReadOnlyList<Prompt> prompts, float[][] values, int[] cut) =>
        (Prompts, Values, Cut) = (prompts, values, cut);

    /// <summary>The prompts, one a picture.</summary>
    public IReadOnlyList<Prompt> Prompts { get; }

    /// <summary>What they weigh in a stage's byte account.</summary>
    public long Bytes => Values.Sum(values => 4L * values.Length) + Prompts.Sum(prompt => prompt.Bytes);

    /// <summary>[C, h, w] f32 a picture; may hold values that are not finite.</summary>
    internal float[][] Values { get; }

    /// <summary>Tokens of each prompt that the model did not see.</summary>
    internal int[] Cut { get; }
}
