using Engine.Imaging;
using Engine.Items;

namespace Engine.Index.Sources;

/// <summary>Decodes the picture of a group, or reports why not.</summary>
public static class RealPicture
{
    /// <summary>Reads and decodes the file.</summary>
    /// <param name="group">A group with a file.</param>
    /// <param name="limits">What the file may hold.</param>
    /// <param name="problems">Receives the reason when there is no picture.</param>
    /// <returns>The picture, of the size the source says if it says one; null when there is none.</returns>
    public static RgbImage? Load(RealGroup group, ImageLimits limits, SourceProblems problems)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(problems);
        string file = group.File ?? throw new ArgumentException("The group has no file: its source knows no folder.");
        RgbImage picture;
        try
        {
            long bytes = new FileInfo(file).Length;
            if (bytes > limits.BytesMax)
            {
                problems.Add(SourceFault.ImageUnreadable, file, $"{bytes} bytes; at most {limits.BytesMax} are read");
                return null;
            }

            picture = ImageCodec.DecodeRgb(File.ReadAllBytes(file), limits);
        }
        catch (FileNotFoundException)
        {
            problems.Add(SourceFault.ImageMissing, file, "it is not there");
            return null;
        }
        catch (Exception cause) when (cause is ImageException or IOException or UnauthorizedAccessException)
        {
            problems.Add(SourceFault.ImageUnreadable, file, cause.Message);
            return null;
        }

        RealImage said = group.Image;
        if (said.Width > 0 && (said.Width != picture.Width || said.Height != picture.Height))
        {
            problems.Add(
                SourceFault.ImageSize,
                file,
                $"{picture.Width} x {picture.Height} px; the source says {said.Width} x {said.Height} px");
            return null;
        }

        return picture;
    }
}
