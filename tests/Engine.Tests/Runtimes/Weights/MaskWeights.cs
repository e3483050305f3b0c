using Engine.Items;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Library;
using Engine.Runtimes.Salient;
using Engine.Runtimes.Sam;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Weights;

/// <summary>The real annotators and library pictures, loaded once for all tests that need them.</summary>
public sealed class MaskWeights : IDisposable
{
    public const string Collection = "mask weights";

    private static readonly string Encoder =
        Repository.Npm("sam2-hiera-tiny", "dist", "sam2_hiera_tiny_encoder.with_runtime_opt.ort");

    private static readonly string Decoder =
        Repository.Npm("sam2-hiera-tiny", "dist", "sam2_hiera_tiny_decoder_pr1.onnx");

    private static readonly string Salient = Repository.Npm("u2netp", "u2netp.onnx");
    private static readonly string Emoji = Repository.Npm("fluent-emoji-3d");

    private readonly Lazy<SamPredictor> _sam = new(() => SamPredictor.Load(
        "sam2", new SamOptions { Encoder = Encoder, Decoder = Decoder }));

    private readonly Lazy<SalientPredictor> _salient = new(() => SalientPredictor.Load(
        "u2netp", new SalientOptions { Model = Salient }));

    private readonly Lazy<LibraryGenerator> _library = new(() => LibraryGenerator.Open(
        "library", new LibraryOptions { Source = Emoji, RotationMaxDegrees = 5 }));

    public SamPredictor Sam2()
    {
        Need(Encoder, Decoder);
        return _sam.Value;
    }

    public SalientPredictor U2NetP()
    {
        Need(Salient);
        return _salient.Value;
    }

    /// <summary>A library picture and its exact mask: alpha of 128 and more.</summary>
    public (Picture Picture, byte[] Truth) Compose(string stem, ulong seed)
    {
        Need(Emoji);
        LibraryEntry entry = _library.Value.Entries.Single(at => Path.GetFileNameWithoutExtension(at.Path) == stem);
        LibraryComposition made = _library.Value.Compose(entry, seed);
        Prompt prompt = new()
        {
            Id = "0123456789abcdef", Category = stem, Text = stem, Attempt = 0, Seed = seed,
        };
        byte[] truth = [.. made.Alpha.Select(alpha => alpha >= 128 ? (byte)1 : (byte)0)];
        return (new Picture(prompt, made.Image, "library", made.Lineage), truth);
    }

    /// <summary>Adds white columns, all of them to the left, so that x and y differ and the object is off centre.
    /// </summary>
    public static (Picture Picture, byte[] Truth) Widen(Picture picture, byte[] truth, int width)
    {
        (RgbImage image, int added) = (picture.Image, width - picture.Image.Width);
        byte[] pixels = new byte[width * image.Height * 3];
        byte[] mask = new byte[width * image.Height];
        pixels.AsSpan().Fill(255);
        for (int y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).CopyTo(pixels.AsSpan(((y * width) + added) * 3));
            truth.AsSpan(y * image.Width, image.Width).CopyTo(mask.AsSpan((y * width) + added));
        }

        return (picture with { Image = new RgbImage(width, image.Height, pixels) }, mask);
    }

    public static double Iou(byte[] left, byte[] right)
    {
        int both = left.Zip(right).Count(pair => (pair.First & pair.Second) == 1);
        int any = left.Zip(right).Count(pair => (pair.First | pair.Second) == 1);
        return any == 0 ? 1 : (double)both / any;
    }

    public void Dispose()
    {
        foreach (IDisposable? loaded in new IDisposable?[]
        {
            _sam.IsValueCreated ? _sam.Value : null,
            _salient.IsValueCreated ? _salient.Value : null,
            _library.IsValueCreated ? _library.Value : null,
        })
        {
            loaded?.Dispose();
        }
    }

    private static void Need(params string[] paths)
    {
        foreach (string path in paths.Where(path => !Path.Exists(path)))
        {
            Assert.Skip($"{path} is not there; ./headwater fetches it on its first run.");
        }
    }
}
