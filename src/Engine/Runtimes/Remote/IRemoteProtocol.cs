using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Items;

namespace Engine.Runtimes.Remote;

/// <summary>What one API calls things.</summary>
internal interface IRemoteProtocol
{
    /// <summary>The path of its requests, without a first slash.</summary>
    string Path { get; }

    /// <summary>Where the picture stands in an answer, for messages.</summary>
    string PicturePlace { get; }

    /// <summary>The body of a request for one picture.</summary>
    JsonObject Request(Prompt prompt, RemoteOptions options);

    /// <summary>The picture's base64 text in an answer; false when there is none.</summary>
    bool TryFindPicture(JsonElement answer, out JsonElement picture);

    /// <summary>What was sent that another API does not have.</summary>
    IEnumerable<KeyValuePair<string, string>> Lineage(Prompt prompt, RemoteOptions options);
}
