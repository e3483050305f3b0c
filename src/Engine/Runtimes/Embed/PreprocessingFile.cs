using System.Text.Json;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Embed;

/// <summary>Reads a preprocessor_config.json as Hugging Face writes it; other fields are passed over.</summary>
/// <remarks>
/// <para>size: a number, {shortest_edge} or {height, width}. A bare number means the short side where the middle is
/// cut out, else both sides, as the processors that write it do. resample: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic.
/// </para>
/// <para>Absent fields have CLIP's values: do_resize, do_center_crop, do_rescale and do_normalize true, size and
/// crop_size 224, resample 3, rescale_factor 1/255, CLIP's mean and standard deviation.</para>
/// </remarks>
internal static class PreprocessingFile
{
    private const long BytesMax = 1 << 20;

    /// <summary>Reads the file.</summary>
    /// <exception cref="ModelException">Unreadable: no JSON, a value out of range, or a combination that gives
    /// pictures of different sizes. The message names file, field, value and bound.</exception>
    public static Preprocessing Read(string path)
    {
        FileInfo file = new(path);
        if (file.Length > BytesMax)
        {
            throw Wrong(path, $"has {file.Length} bytes; at most {BytesMax} are allowed");
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Checked(path, Read(path, json.RootElement))
                : throw Wrong(path, "is JSON but no object");
        }
        catch (JsonException cause)
        {
            throw new ModelException(
                ModelFault.Unreadable, $"The preprocessor file {path} is not JSON: {cause.Message}", cause);
        }
    }

    private static Preprocessing Read(string path, JsonElement json)
    {
        bool crops = Flag(path, json, "do_center_crop");
        bool resizes = Flag(path, json, "do_resize");
        bool normalises = Flag(path, json, "do_normalize");
        (int shortSide, (int, int)? stretch) = resizes ? Size(path, json, crops) : (0, null);
        return new Preprocessing
        {
            ShortSidePx = shortSide,
            Stretch = stretch,
            Crop = crops ? CropSize(path, json) : null,
            Kernel = Kernel(path, json),
            Scale = Flag(path, json, "do_rescale") ? Number(path, json, "rescale_factor", 1.0 / 255, 1e-6, 1) : 1,
            Mean = normalises ? Three(path, json, "image_mean", Preprocessing.ClipMean, -255, 255) : [0, 0, 0],
            Std = normalises ? Three(path, json, "image_std", Preprocessing.ClipStd, 1e-6, 255) : [1, 1, 1],
        };
    }

    private static Preprocessing Checked(string path, Preprocessing read)
    {
        if (read.Crop is not { } crop)
        {
            return read.Stretch is not null
                ? read
                : throw Wrong(path, "neither crops (do_center_crop) nor resizes to one height and width (size): "
                    + "pictures would differ in size and could not be one batch");
        }

        (int width, int height) = read.Stretch ?? (read.ShortSidePx, read.ShortSidePx);
        return read.ShortSidePx + (read.Stretch?.Width ?? 0) > 0 && (crop.Width > width || crop.Height > height)
            ? throw Wrong(path, $"has the crop_size {crop.Width} x {crop.Height}; it must be at most the size, "
                + $"{width} x {height}")
            : read;
    }

    private static (int ShortSide, (int, int)? Stretch) Size(string path, JsonElement json, bool crops)
    {
        if (!json.TryGetProperty("size", out JsonElement size))
        {
            return crops ? (224, null) : (0, (224, 224));
        }

        if (size.ValueKind == JsonValueKind.Number)
        {
            int side = Side(path, "size", size);
            return crops ? (side, null) : (0, (side, side));
        }

        if (size.ValueKind == JsonValueKind.Object && size.TryGetProperty("shortest_edge", out JsonElement edge))
        {
            return (Side(path, "size.shortest_edge", edge), null);
        }

        return (0, HeightAndWidth(path, "size", size, "a number, {shortest_edge} or {height, width}"));
    }

    private static (int Width, int Height) CropSize(string path, JsonElement json)
    {
        if (!json.TryGetProperty("crop_size", out JsonElement crop))
        {
            return (224, 224);
        }

        if (crop.ValueKind == JsonValueKind.Number)
        {
            int side = Side(path, "crop_size", crop);
            return (side, side);
        }

        return HeightAndWidth(path, "crop_size", crop, "a number or {height, width}");
    }

    private static (int Width, int Height) HeightAndWidth(
        string path, string field, JsonElement value, string expected) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("height", out JsonElement height)
        && value.TryGetProperty("width", out JsonElement width)
            ? (Side(path, field + ".width", width), Side(path, field + ".height", height))
            : throw Wrong(path, $"has {field} {Shown(value)}; it must be {expected}");

    private static int Side(string path, string field, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int side)
        && side is >= 1 and <= RgbImage.SideMaxPx
            ? side
            : throw Wrong(path, $"has {field} {Shown(value)}; it must be 1 to {RgbImage.SideMaxPx} px");

    private static ResizeKernel Kernel(string path, JsonElement json)
    {
        if (!json.TryGetProperty("resample", out JsonElement resample))
        {
            return ResizeKernel.Bicubic;
        }

        int code = resample.ValueKind == JsonValueKind.Number && resample.TryGetInt32(out int given) ? given : -1;
        return code switch
        {
            0 => ResizeKernel.Nearest,
            1 => ResizeKernel.Lanczos3,
            2 => ResizeKernel.Bilinear,
            3 => ResizeKernel.Bicubic,
            _ => throw Wrong(path, $"has resample {Shown(resample)}; it must be 0 (nearest), 1 (Lanczos), 2 (bilinear) "
                + "or 3 (bicubic)"),
        };
    }

    private static bool Flag(string path, JsonElement json, string field) =>
        !json.TryGetProperty(field, out JsonElement value) || value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(path, $"has {field} {Shown(value)}; it must be true or false"),
        };

    private static double Number(
        string path, JsonElement json, string field, double absent, double least, double most)
    {
        if (!json.TryGetProperty(field, out JsonElement value))
        {
            return absent;
        }

        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= least
            && number <= most
            ? number
            : throw Wrong(path, $"has {field} {Shown(value)}; it must be {least} to {most}");
    }

    private static IReadOnlyList<float> Three(
        string path, JsonElement json, string field, IReadOnlyList<float> absent, double least, double most)
    {
        if (!json.TryGetProperty(field, out JsonElement value))
        {
            return absent;
        }

        double[] numbers = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(one =>
                one.ValueKind == JsonValueKind.Number ? one.GetDouble() : double.NaN)]
            : [];
        return numbers.Length == 3 && numbers.All(number => number >= least && number <= most)
            ? [.. numbers.Select(number => (float)number)]
            : throw Wrong(path, $"has {field} {Shown(value)}; it must be 3 numbers from {least} to {most}");
    }

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 80 ? text : text[..80] + "...";
    }

    private static ModelException Wrong(string path, string problem) =>
        new(ModelFault.Unreadable, $"The preprocessor file {path} {problem}.");
}
