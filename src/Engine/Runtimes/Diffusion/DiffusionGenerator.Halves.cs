using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

public sealed partial class DiffusionGenerator
{
    /// <summary>Denoises as many prompts as fit, from the first on, after waiting for its turn.</summary>
    private async ValueTask<DiffusionLatents> DenoiseNextAsync(Prompt[] prompts, CancellationToken stopping)
    {
        await _denoising.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => DenoiseFirstAsync(prompts, stopping), stopping).ConfigureAwait(false);
        }
        finally
        {
            _denoising.Release();
        }
    }

    private async Task<DiffusionLatents> DenoiseFirstAsync(Prompt[] prompts, CancellationToken stopping)
    {
        while (true)
        {
            Prompt[] batch = prompts[..Math.Min(_unetCeiling.Now, prompts.Length)];
            TextEncoding[] texts = await EncodeAsync(batch, stopping).ConfigureAwait(false);
            try
            {
                float[][] values = await _denoiser.RunAsync(
                    RowsOf(_parts, _options, texts, _negative), [.. batch.Select(prompt => prompt.Seed)], stopping)
                    .ConfigureAwait(false);
                CountCut(batch, texts);
                return new DiffusionLatents(batch, values, [.. texts.Select(text => text.Cut)]);
            }
            catch (ModelException full)
                when (full.Fault == ModelFault.OutOfMemory && _unetCeiling.CanFall(batch.Length))
            {
                _unetCeiling.FallBelow(batch.Length);
                HalvingsTotal.Add(1, _generator, OfUnet);
            }
        }
    }

    private async ValueTask<TextEncoding[]> EncodeAsync(Prompt[] batch, CancellationToken stopping)
    {
        TextEncoding[] texts = new TextEncoding[batch.Length];
        for (int i = 0; i < batch.Length; i++)
        {
            (texts[i], bool found) = await _parts.Texts.EncodeAsync(batch[i].Text, stopping).ConfigureAwait(false);
            TextsTotal.Add(1, _generator, found ? Cached : Computed);
        }

        return texts;
    }

    private async Task<IReadOnlyList<Outcome<Generated>>> DecodeAllAsync(
        DiffusionLatents latents, CancellationToken stopping)
    {
        Outcome<Generated>[] outcomes = new Outcome<Generated>[latents.Prompts.Count];
        int[] sound = [.. Enumerable.Range(0, outcomes.Length).Where(i => IsFinite(latents.Values[i]))];
        foreach (int i in Enumerable.Range(0, outcomes.Length).Except(sound))
        {
            outcomes[i] = Outcome.Drop<Generated>(
                RejectReason.NonFinite, "the latent is not finite after the last step");
        }

        for (int done = 0; done < sound.Length;)
        {
            int size = Math.Min(_decoderCeiling.Now, sound.Length - done);
            int[] batch = sound[done..(done + size)];
            try
            {
                await DecodeBatchAsync(latents, batch, outcomes, stopping).ConfigureAwait(false);
                done += size;
            }
            catch (ModelException full) when (full.Fault == ModelFault.OutOfMemory && _decoderCeiling.CanFall(size))
            {
                _decoderCeiling.FallBelow(size);
                HalvingsTotal.Add(1, _generator, OfDecoder);
            }
        }

        return outcomes;
    }

    private async ValueTask DecodeBatchAsync(
        DiffusionLatents latents, int[] batch, Outcome<Generated>[] outcomes, CancellationToken stopping)
    {
        (int height, int width) = (_parts.Size.Height, _parts.Size.Width);
        float[] planes = await _parts.Decoder
            .DecodeAsync(batch.Select(i => latents.Values[i]).ToArray(), height, width, stopping).ConfigureAwait(false);
        (int rows, int columns) = (height * _parts.Decoder.PixelsPerLatent, width * _parts.Decoder.PixelsPerLatent);
        for (int place = 0; place < batch.Length; place++)
        {
            int length = 3 * rows * columns;
            Outcome<RgbImage> image = PlanarPixels.Make(
                planes.AsSpan(place * length, length), columns, rows, black: -1, "decoded picture");
            outcomes[batch[place]] = image.DropReason is { } reason
                ? Outcome.Drop<Generated>(reason, image.Detail)
                : Outcome.Keep(new Generated(image.Value!, LineageOf(latents, batch[place])));
        }
    }

    private static bool IsFinite(float[] values) => values.All(float.IsFinite);
}
