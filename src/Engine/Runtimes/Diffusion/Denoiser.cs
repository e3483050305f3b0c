using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Diffusion.Text;

namespace Engine.Runtimes.Diffusion;

/// <summary>Takes the noise off a batch of latents, step by step.</summary>
/// <param name="unet">The model.</param>
/// <param name="scheduler">The plan of steps.</param>
internal sealed class Denoiser(Unet unet, Scheduler scheduler)
{
    private const int FirstLatent = 0; // The noise's stream; the noise of step i is stream i + 1.

    /// <summary>Makes latents.</summary>
    /// <param name="rows">What the pictures show, and their size.</param>
    /// <param name="seeds">One a picture; it decides all of the picture's noise.</param>
    /// <param name="stopping">Ends the work between two nodes of the model.</param>
    /// <returns>[C, h, w] f32 a picture, not checked for values that are not finite.</returns>
    public async ValueTask<float[][]> RunAsync(UnetRows rows, IReadOnlyList<ulong> seeds, CancellationToken stopping)
    {
        int length = unet.Shape.Channels * rows.Height * rows.Width;
        float[][] latents = [.. seeds.Select(seed => First(seed, length))];
        StepHistory[] histories = [.. seeds.Select(_ => scheduler.NewHistory(length))];
        (float[] scaled, float[] output, float[] noise) = (new float[length], new float[length], new float[length]);
        using UnetBatch batch = unet.Open(rows);
        for (int step = 0; step < scheduler.Timesteps.Count; step++)
        {
            double scale = scheduler.InputScale(step);
            for (int i = 0; i < latents.Length; i++)
            {
                Scale(latents[i], scale, scaled);
                batch.Write(i, scaled);
            }

            await batch.RunAsync(scheduler.Timesteps[step], stopping).ConfigureAwait(false);
            bool noisy = scheduler.NeedsNoise(step);
            for (int i = 0; i < latents.Length; i++)
            {
                batch.Read(i, output);
                if (noisy)
                {
                    NormalNoise.Fill(noise, seeds[i], step + 1);
                }

                scheduler.Step(step, output, latents[i], noisy ? noise : [], histories[i]);
            }
        }

        return latents;
    }

    private float[] First(ulong seed, int length)
    {
        float[] latent = new float[length];
        NormalNoise.Fill(latent, seed, FirstLatent, scheduler.InitSigma);
        return latent;
    }

    private static void Scale(float[] latent, double scale, float[] scaled)
    {
        for (int i = 0; i < latent.Length; i++)
        {
            scaled[i] = (float)(latent[i] * scale);
        }
    }
}
