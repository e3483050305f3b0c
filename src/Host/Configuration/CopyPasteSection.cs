using Engine.Options;
using Engine.Runtimes.CopyPaste;

namespace Host.Configuration;

/// <summary>Whole training pictures, delivered on sockets of their own.</summary>
internal sealed record CopyPasteSection : ICheckedOptions
{
    /// <summary>Where to listen, as for <c>transport.listen</c>; everything else of transport holds here too. Default
    /// <c>tcp://127.0.0.1:7701</c>.</summary>
    public string[] Listen { get; init; } = ["tcp://127.0.0.1:7701"];

    /// <summary>What the pictures are made of, and how.</summary>
    public CopyPasteOptions Pictures { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}
