using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

/// <summary>The model that is called once a step.</summary>
internal sealed class Unet : IDisposable
{
    private Unet(OnnxModel model, UnetShape shape) => (Model, Shape) = (model, shape);

    public OnnxModel Model { get; }

    public UnetShape Shape { get; }

    public static Unet Load(DiffusionFolder folder, OnnxOptions options)
    {
        const string Part = "unet";
        ModelJson config = folder.Config(Part);
        OnnxModel model = OnnxModel.Load(folder.Model(Part), options, Part);
        try
        {
            return new Unet(model, UnetShape.Of(model, config));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Checks that the text encoders make what the UNet takes.</summary>
    /// <exception cref="ModelException">WrongRole: names both widths.</exception>
    public void RequireFits(TextEncoding encoding)
    {
        IReadOnlyList<int> hidden = Model.Inputs[UnetShape.Hidden].Dimensions;
        bool pooledFits = !Shape.TakesPooled
            || Fits(Model.Inputs[UnetShape.Pooled].Dimensions[^1], encoding.Pooled.Length);
        if (!Fits(hidden[1], encoding.Tokens) || !Fits(hidden[2], encoding.Width) || !pooledFits)
        {
            throw Model.WrongRole($"the text encoders give [{encoding.Tokens}, {encoding.Width}] and a vector of "
                + $"{encoding.Pooled.Length} for a text");
        }
    }

    /// <summary>Makes a place for the runs of one batch.</summary>
    public UnetBatch Open(UnetRows rows) => UnetBatch.Open(this, rows);

    public void Dispose() => Model.Dispose();

    private static bool Fits(int declared, int made) => declared < 1 || declared == made;
}
