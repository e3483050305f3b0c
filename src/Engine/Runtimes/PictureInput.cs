using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes;

/// <summary>A model's one picture input, [n, 3, height, width] f32, as the model declares it.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Width">Columns in px.</param>
/// <param name="Height">Rows in px.</param>
internal sealed record PictureInput(string Name, int Width, int Height)
{
    /// <summary>Reads name and size from the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="openSidePx">The side to use where the model leaves it open.</param>
    /// <exception cref="ModelException">WrongRole: the model does not have one such input.</exception>
    public static PictureInput Of(OnnxModel model, int openSidePx)
    {
        OnnxTensor[] inputs = [.. model.Inputs.Values];
        if (inputs is not [{ ElementType: TensorElementType.Float, Dimensions: [_, 3 or < 0, var height, var width] }])
        {
            throw model.WrongRole("expected one picture input Float [1, 3, height, width]");
        }

        return new PictureInput(inputs[0].Name, width < 1 ? openSidePx : width, height < 1 ? openSidePx : height);
    }
}
