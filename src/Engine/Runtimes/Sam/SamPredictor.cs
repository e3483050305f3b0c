using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Sam;

/// <summary>
/// Finds the object by finding what is not the object: the picture's four corners are given to SAM as points on one
/// thing, the background, and its mask is inverted. It holds where the background is plain.
/// </summary>
/// <remarks>The encoder runs once a picture. Source: DiverGen (Fan et al., CVPR 2024), section 3.3.</remarks>
public sealed class SamPredictor : IMaskPredictor, IProviderChoice
{
    private readonly OnnxModel _encoder;
    private readonly SamDecoder _decoder;
    private readonly PictureInput _input;
    private readonly IReadOnlyList<(string From, string To)> _embeddings;
    private readonly int _marginPx;

    private SamPredictor(string name, OnnxModel encoder, SamDecoder decoder, SamOptions options)
    {
        (Name, _encoder, _decoder, _marginPx) = (name, encoder, decoder, options.PointMarginPx);
        _input = PictureInput.Of(encoder, options.OpenSidePx);
        _embeddings = SamEmbeddings.Pair(encoder, decoder);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public OnnxProvider Provider => _encoder.Provider;

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver => _encoder.PassedOver;

    /// <summary>Loads both models and checks that they belong together.</summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">Model files, layout and bounds.</param>
    /// <returns>The predictor; the caller disposes it.</returns>
    /// <exception cref="ModelException">A file is missing, unreadable or not of its role.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static SamPredictor Load(string name, SamOptions options)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        OnnxModel? encoder = null;
        OnnxModel? decoder = null;
        try
        {
            // The decoder is the small one: a wrong pair is found before the encoder is read.
            decoder = OnnxModel.Load(options.Decoder, options.Onnx, "sam_decoder");
            SamDecoder layout = SamDecoder.Of(decoder, options.Layout);
            encoder = OnnxModel.Load(options.Encoder, options.Onnx, "sam_encoder");
            return new SamPredictor(name, encoder, layout, options);
        }
        catch
        {
            encoder?.Dispose();
            decoder?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">A run failed.</exception>
    public async ValueTask<Outcome<IReadOnlyList<MaskCandidate>>> PredictAsync(
        RgbImage image, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(image);
        SamFrame frame = _decoder.Stretches ? SamFrame.Stretched(_input, image) : SamFrame.Padded(_input, image);
        using IDisposableReadOnlyCollection<OrtValue> encoded =
            await EncodeAsync(image, frame, stopping).ConfigureAwait(false);
        IReadOnlyDictionary<string, OrtValue> prompt = _decoder.Prompt(frame, frame.CornerPoints(_marginPx));
        try
        {
            Dictionary<string, OrtValue> inputs = new(prompt);
            for (int i = 0; i < _embeddings.Count; i++)
            {
                inputs[_embeddings[i].To] = encoded[i];
            }

            using IDisposableReadOnlyCollection<OrtValue> decoded =
                await _decoder.Model.RunAsync(inputs, _decoder.Outputs, stopping).ConfigureAwait(false);
            return SamMasks.Read(_decoder, decoded[0], decoded[1], frame);
        }
        finally
        {
            foreach (OrtValue value in prompt.Values)
            {
                value.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        _decoder.Model.Dispose();
    }

    private async ValueTask<IDisposableReadOnlyCollection<OrtValue>> EncodeAsync(
        RgbImage image, SamFrame frame, CancellationToken stopping)
    {
        float[] pixels = PictureTensor.Make(
            image, (frame.ContentWidth, frame.ContentHeight), (frame.Width, frame.Height), ResizeKernel.Bilinear,
            PictureTensor.ImageNetMean, PictureTensor.ImageNetStd);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, frame.Height, frame.Width]);
        return await _encoder.RunAsync(
            new Dictionary<string, OrtValue> { [_input.Name] = input },
            [.. _embeddings.Select(embedding => embedding.From)],
            stopping).ConfigureAwait(false);
    }
}
