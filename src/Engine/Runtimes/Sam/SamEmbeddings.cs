using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Sam;

/// <summary>Finds which output of the encoder goes to which input of the decoder.</summary>
internal static class SamEmbeddings
{
    /// <summary>Pairs by name; one embedding given and one taken are paired whatever their names.</summary>
    /// <returns>Encoder output and decoder input of each embedding, in the order the encoder is asked.</returns>
    /// <exception cref="ModelException">WrongRole: an embedding is missing or of another shape.</exception>
    public static IReadOnlyList<(string From, string To)> Pair(OnnxModel encoder, SamDecoder decoder)
    {
        string[] taken = [.. decoder.Model.InputNames.Except(decoder.PromptInputs)];
        if (taken.Length == 1 && encoder.OutputNames.Count == 1)
        {
            CheckShapes(encoder, encoder.OutputNames[0], decoder.Model, taken[0]);
            return [(encoder.OutputNames[0], taken[0])];
        }

        encoder.Require([], taken);
        foreach (string name in taken)
        {
            CheckShapes(encoder, name, decoder.Model, name);
        }

        return [.. taken.Select(name => (name, name))];
    }

    private static void CheckShapes(OnnxModel encoder, string output, OnnxModel decoder, string input)
    {
        (OnnxTensor given, OnnxTensor taken) = (encoder.Outputs[output], decoder.Inputs[input]);
        bool fits = given.ElementType == taken.ElementType
            && given.Dimensions.Count == taken.Dimensions.Count
            && given.Dimensions.Zip(taken.Dimensions).All(pair =>
                pair.First < 0 || pair.Second < 0 || pair.First == pair.Second);
        if (!fits)
        {
            throw encoder.WrongRole($"it gives {given}, but the decoder {decoder.Path} takes {taken}");
        }
    }
}
