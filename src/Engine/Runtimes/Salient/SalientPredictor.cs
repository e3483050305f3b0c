using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Salient;

/// <summary>Finds the object as the most salient thing of the picture: small and fast.</summary>
/// <remarks>Source: U2-Net (Qin et al., Pattern Recognition 2020); the picture is prepared as rembg does it: divided by
/// its own largest value, and the map stretched from its least to its largest value.</remarks>
public sealed class SalientPredictor : IMaskPredictor, IProviderChoice
{
    private readonly OnnxModel _model;
    private readonly PictureInput _input;
    private readonly string _output;
    private readonly float[] _mean;
    private readonly float[] _std;

    private SalientPredictor(string name, OnnxModel model, SalientOptions options)
    {
        (Name, _model) = (name, model);
        _input = PictureInput.Of(model, options.OpenSidePx);
        _mean = [.. options.Mean.Select(value => (float)value)];
        _std = [.. options.Std.Select(value => (float)value)];

        // The first output is the fused map; the others are the side maps it was fused from.
        _output = model.OutputNames[0];
        if (model.Outputs[_output].Dimensions.Count is not (3 or 4))
        {
            throw model.WrongRole("expected the first output to be a map [1, 1, height, width]");
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public OnnxProvider Provider => _model.Provider;

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver => _model.PassedOver;

    /// <summary>Loads the model.</summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">Model file and bounds.</param>
    /// <returns>The predictor; the caller disposes it.</returns>
    /// <exception cref="ModelException">The file is missing, unreadable or not of its role.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static SalientPredictor Load(string name, SalientOptions options)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        OnnxModel model = OnnxModel.Load(options.Model, options.Onnx, "salient");
        try
        {
            return new SalientPredictor(name, model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>One candidate: 2 p - 1, p being the stretched map; it has no predicted IoU.</remarks>
    /// <exception cref="ModelException">The run failed.</exception>
    public async ValueTask<Outcome<IReadOnlyList<MaskCandidate>>> PredictAsync(
        RgbImage image, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(image);
        (int Width, int Height) frame = (_input.Width, _input.Height);
        float[] pixels = PictureTensor.Make(image, frame, frame, ResizeKernel.Lanczos3, _mean, _std, byLargest: true);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, frame.Height, frame.Width]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = await _model.RunAsync(
            new Dictionary<string, OrtValue> { [_input.Name] = input }, [_output], stopping).ConfigureAwait(false);
        return Read(outputs[0]);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private Outcome<IReadOnlyList<MaskCandidate>> Read(OrtValue output)
    {
        long[] shape = output.GetTensorTypeAndShape().Shape;
        float[] map = output.GetTensorDataAsSpan<float>().ToArray();
        if (shape.Length < 2 || map.Length == 0 || map.Length != shape[^2] * shape[^1])
        {
            throw _model.WrongRole($"it gave [{string.Join(", ", shape)}] for one picture; one map was expected");
        }

        (float least, float largest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in map)
        {
            if (!float.IsFinite(value))
            {
                return Outcome.Drop<IReadOnlyList<MaskCandidate>>(RejectReason.NonFinite, $"the map holds {value}");
            }

            (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
        }

        // A map of one value shows no object; stretching it would divide by 0.
        float range = largest - least;
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = range > 0 ? (2 * ((map[i] - least) / range)) - 1 : -1;
        }

        return Outcome.Keep<IReadOnlyList<MaskCandidate>>(
            [new MaskCandidate(map, (int)shape[^1], (int)shape[^2], double.NaN)]);
    }
}
