using System.Text.Json;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;

namespace Engine.Runtimes.Remote;

/// <summary>Finds and decodes the picture of an answer; every byte of it is untrusted.</summary>
/// <param name="protocol">Where the picture stands.</param>
/// <param name="shown">The server's address, for messages.</param>
/// <param name="limits">What the picture may hold.</param>
internal sealed class RemoteAnswer(IRemoteProtocol protocol, string shown, ImageLimits limits)
{
    private const int DepthMax = 32;

    /// <summary>Reads the picture.</summary>
    /// <param name="body">The answer's bytes.</param>
    /// <returns>The picture, or a drop with one sentence.</returns>
    public Outcome<RgbImage> Read(byte[] body)
    {
        byte[]? file;
        try
        {
            using JsonDocument answer = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DepthMax });
            if (!protocol.TryFindPicture(answer.RootElement, out JsonElement picture))
            {
                return Failed($"answered without a picture: {protocol.PicturePlace} is not there or no text");
            }

            file = Decode(picture);
        }
        catch (JsonException cause)
        {
            return Failed($"answered with {body.Length} bytes that are no json (line {cause.LineNumber + 1}), or "
                + $"deeper than {DepthMax} levels");
        }

        if (file is null)
        {
            return Failed($"answered with a picture that is no base64: {protocol.PicturePlace}");
        }

        try
        {
            return Outcome.Keep(ImageCodec.DecodeRgb(file, limits));
        }
        catch (ImageException cause)
        {
            return Outcome.Drop<RgbImage>(RejectReason.BadImage, $"{shown} sent a bad picture: {cause.Message}");
        }
    }

    /// <summary>The bytes of a base64 text, with or without <c>data:image/png;base64,</c> before it.</summary>
    private static byte[]? Decode(JsonElement picture)
    {
        try
        {
            string text = picture.GetString()!;
            int comma = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? text.IndexOf(',') : -1;
            return Convert.FromBase64String(text[(comma + 1)..]);
        }
        catch (Exception cause) when (cause is FormatException or InvalidOperationException)
        {
            return null; // The second one: half a surrogate pair or bytes that are no UTF-8.
        }
    }

    private Outcome<RgbImage> Failed(string what) =>
        Outcome.Drop<RgbImage>(RejectReason.GeneratorFailed, $"{shown} {what}");
}
