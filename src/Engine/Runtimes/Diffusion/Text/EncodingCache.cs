namespace Engine.Runtimes.Diffusion.Text;

/// <summary>Keeps the encodings used last, up to a number of bytes. Not safe for several threads at once.</summary>
/// <param name="bytesMax">What all kept encodings may weigh; at least one is kept.</param>
internal sealed class EncodingCache(long bytesMax)
{
    private readonly Dictionary<string, LinkedListNode<(string Text, TextEncoding Encoding)>> _byText =
        new(StringComparer.Ordinal);

    private readonly LinkedList<(string Text, TextEncoding Encoding)> _recent = []; // The newest first.
    private long _bytes;

    public int Count => _recent.Count;

    public TextEncoding? Find(string text)
    {
        if (!_byText.TryGetValue(text, out LinkedListNode<(string Text, TextEncoding Encoding)>? node))
        {
            return null;
        }

        _recent.Remove(node);
        _recent.AddFirst(node);
        return node.Value.Encoding;
    }

    /// <summary>Keeps an encoding that <see cref="Find"/> did not have.</summary>
    public void Add(string text, TextEncoding encoding)
    {
        _byText.Add(text, _recent.AddFirst((text, encoding)));
        _bytes += encoding.Bytes;
        while (_bytes > bytesMax && _recent.Count > 1)
        {
            (string oldest, TextEncoding dropped) = _recent.Last!.Value;
            _recent.RemoveLast();
            _byText.Remove(oldest);
            _bytes -= dropped.Bytes;
        }
    }
}
