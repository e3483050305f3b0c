using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>Reads on from where the reader stands. May be called again from the same place with more text.</summary>
/// <param name="reader">The reader; its text may end early.</param>
/// <returns>False when the text ended before the step was done.</returns>
internal delegate bool JsonStep(ref Utf8JsonReader reader);
