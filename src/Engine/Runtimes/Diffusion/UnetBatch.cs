using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Diffusion;

/// <summary>The UNet's inputs and outputs for all steps of one batch, made once.</summary>
/// <remarks>What the texts say is bound once, so on a GPU it is copied once; a step copies the latents there and the
/// output back, into the same memory each time.</remarks>
internal sealed class UnetBatch : IDisposable
{
    private readonly Unet _unet;
    private readonly UnetRows _rows;
    private readonly int _count; // Rows of a run; those beyond the pictures' are zeros.
    private readonly OrtIoBinding _binding;
    private readonly List<IDisposable> _owned = [];
    private readonly TensorBuffer _sample;
    private readonly TensorBuffer _output;
    private readonly float[] _unguided;

    private UnetBatch(Unet unet, UnetRows rows)
    {
        (_unet, _rows) = (unet, rows);
        _count = unet.Shape.FixedRows > 0 ? unet.Shape.FixedRows : rows.Count;
        _binding = Own(unet.Model.NewBinding());
        long[] shape = [_count, unet.Shape.Channels, rows.Height, rows.Width];
        PictureLength = unet.Shape.Channels * rows.Height * rows.Width;
        _unguided = new float[PictureLength];
        _sample = Own(new TensorBuffer(unet.Model.Inputs[UnetShape.Sample].ElementType, shape));
        _output = Own(new TensorBuffer(unet.Model.Outputs[unet.Shape.Output].ElementType, shape));
    }

    /// <summary>Makes the place and binds all that stays.</summary>
    /// <exception cref="ModelException">OutOfMemory: what stays does not fit on the device.</exception>
    public static UnetBatch Open(Unet unet, UnetRows rows)
    {
        UnetBatch batch = new(unet, rows);
        try
        {
            batch._binding.BindOutput(unet.Shape.Output, batch._output.Value);
            batch.BindTexts();
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Values of a latent.</summary>
    public int PictureLength { get; }

    /// <summary>Puts a picture's latent into its rows.</summary>
    public void Write(int picture, ReadOnlySpan<float> latent)
    {
        _sample.Write(picture * PictureLength, latent);
        if (_rows.Negative is not null)
        {
            _sample.Write((picture + _rows.Pictures) * PictureLength, latent);
        }
    }

    /// <summary>Runs the UNet at a timestep for all pictures.</summary>
    public async ValueTask RunAsync(double timestep, CancellationToken stopping)
    {
        OnnxTensor declared = _unet.Model.Inputs[UnetShape.Timestep];
        int length = declared.Dimensions is [var fixedLength] ? fixedLength : 1;
        double[] values = new double[length > 0 ? length : _count];
        Array.Fill(values, timestep);
        using OrtValue time = TensorNumbers.Make(
            declared.ElementType, values, declared.Dimensions.Count == 0 ? [] : [values.Length]);
        _unet.Model.BindInput(_binding, UnetShape.Timestep, time);
        _unet.Model.BindInput(_binding, UnetShape.Sample, _sample.Value);
        await _unet.Model.RunAsync(_binding, stopping).ConfigureAwait(false);
    }

    /// <summary>Reads a picture's output, guided away from the negative prompt's.</summary>
    public void Read(int picture, Span<float> output)
    {
        if (_rows.Negative is null)
        {
            _output.Read(picture * PictureLength, output);
            return;
        }

        _output.Read(picture * PictureLength, _unguided);
        _output.Read((picture + _rows.Pictures) * PictureLength, output);
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = (float)(_unguided[i] + (_rows.Guidance * ((double)output[i] - _unguided[i])));
        }
    }

    public void Dispose()
    {
        // The binding goes first: it refers to the tensors.
        _owned.ForEach(one => one.Dispose());
    }

    private void BindTexts()
    {
        int tokens = _rows.Text(0).Tokens;
        int width = _rows.Text(0).Width;
        int pooled = _rows.Text(0).Pooled.Length;
        Bind(UnetShape.Hidden, row => _rows.Text(row).Hidden, tokens, width);
        if (_unet.Shape.TakesPooled)
        {
            (int height, int across) = (_rows.Height * _rows.PixelsPerLatent, _rows.Width * _rows.PixelsPerLatent);
            float[] sizes = [height, across, 0, 0, height, across];
            Bind(UnetShape.Pooled, row => _rows.Text(row).Pooled, pooled);
            Bind(UnetShape.Sizes, _ => sizes, sizes.Length);
        }

        if (_unet.Shape.GuidanceWidth > 0)
        {
            float[] embedding = GuidanceEmbedding.Make(_rows.Guidance, _unet.Shape.GuidanceWidth);
            Bind(UnetShape.Guidance, _ => embedding, embedding.Length);
        }
    }

    private void Bind(string name, Func<int, float[]> values, params long[] shapeOfRow)
    {
        TensorBuffer buffer = Own(new TensorBuffer(_unet.Model.Inputs[name].ElementType, [_count, .. shapeOfRow]));
        for (int row = 0; row < _rows.Count; row++)
        {
            float[] one = values(row);
            buffer.Write(row * one.Length, one);
        }

        _unet.Model.BindInput(_binding, name, buffer.Value);
    }

    private T Own<T>(T one)
        where T : IDisposable
    {
        _owned.Add(one);
        return one;
    }
}
