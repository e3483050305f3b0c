using System.Runtime.InteropServices;

namespace Engine.Tests.Runtimes;

/// <summary>
/// Writes small ONNX models, so that a test can make a graph whose output shows what it was fed: real weights of most
/// layouts cannot be had where the tests run.
/// </summary>
/// <example><code>
/// byte[] model = new TinyOnnx().Input("x", [1, 2]).Node("Neg", ["x"], ["y"]).Output("y", [1, 2]).ToArray();
/// </code></example>
internal sealed class TinyOnnx
{
    public const int Float32 = 1;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Float16 = 10;

    private readonly ProtoWriter _graph = new ProtoWriter().Text(2, "tiny");

    /// <summary>Declares an input; a length of -1 is left open.</summary>
    public TinyOnnx Input(string name, long[] shape, int type = Float32) => Declare(11, name, shape, type);

    /// <summary>Declares an output; a length of -1 is left open.</summary>
    public TinyOnnx Output(string name, long[] shape, int type = Float32) => Declare(12, name, shape, type);

    /// <summary>Adds a node; an attribute is a long, a float, a string or a long[].</summary>
    public TinyOnnx Node(string op, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        ProtoWriter node = new();
        foreach (string input in inputs)
        {
            node.Text(1, input);
        }

        foreach (string output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(4, op);
        foreach ((string name, object value) in attributes)
        {
            node.Message(5, Attribute(name, value));
        }

        _graph.Message(1, node);
        return this;
    }

    /// <summary>Adds a constant of f32.</summary>
    public TinyOnnx Constant(string name, long[] shape, params float[] values) =>
        Constant(name, shape, Float32, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Adds a constant of int64.</summary>
    public TinyOnnx Constant(string name, long[] shape, params long[] values) =>
        Constant(name, shape, Int64, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>Adds a constant of f32 whose values lie in a file beside the model.</summary>
    public TinyOnnx ConstantInFile(string name, long[] shape, string file)
    {
        ProtoWriter tensor = Tensor(name, shape, Float32)
            .Message(13, new ProtoWriter().Text(1, "location").Text(2, file))
            .Int(14, 1);
        _graph.Message(5, tensor);
        return this;
    }

    public byte[] ToArray() => new ProtoWriter()
        .Int(1, 8)
        .Text(2, "Headwater tests")
        .Message(7, _graph)
        .Message(8, new ProtoWriter().Text(1, string.Empty).Int(2, 17))
        .ToArray();

    /// <summary>Writes the model to a file and returns the path.</summary>
    public string Save(string path)
    {
        File.WriteAllBytes(path, ToArray());
        return path;
    }

    private TinyOnnx Constant(string name, long[] shape, int type, byte[] raw)
    {
        _graph.Message(5, Tensor(name, shape, type).Bytes(9, raw));
        return this;
    }

    private static ProtoWriter Tensor(string name, long[] shape, int type)
    {
        ProtoWriter tensor = new();
        foreach (long length in shape)
        {
            tensor.Int(1, length);
        }

        return tensor.Int(2, type).Text(8, name);
    }

    private TinyOnnx Declare(int field, string name, long[] shape, int type)
    {
        ProtoWriter dimensions = new();
        for (int axis = 0; axis < shape.Length; axis++)
        {
            dimensions.Message(1, shape[axis] < 0
                ? new ProtoWriter().Text(2, $"{name}_{axis}")
                : new ProtoWriter().Int(1, shape[axis]));
        }

        ProtoWriter tensor = new ProtoWriter().Int(1, type).Message(2, dimensions);
        _graph.Message(field, new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, tensor)));
        return this;
    }

    private static ProtoWriter Attribute(string name, object value)
    {
        ProtoWriter attribute = new ProtoWriter().Text(1, name);
        switch (value)
        {
            case long number:
                return attribute.Int(3, number).Int(20, 2);
            case float number:
                return attribute.Float(2, number).Int(20, 1);
            case string text:
                return attribute.Text(4, text).Int(20, 3);
            case long[] numbers:
                foreach (long number in numbers)
                {
                    attribute.Int(8, number);
                }

                return attribute.Int(20, 7);
            default:
                throw new ArgumentException($"An attribute of {value.GetType()} cannot be written.");
        }
    }
}
