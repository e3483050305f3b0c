using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Engine.Index.Sources;

namespace Engine.Bench;

/// <summary>
/// Question: how long does a data set of LVIS's size take to read? Roof: the tokens of the same text, already in
/// memory, and nothing done with them. 20,000 annotations of 40 points (LVIS train has 1.27 million), over 1,000
/// images, in an order that is not that of the images.
/// </summary>
[MemoryDiagnoser]
public class CocoSourceBench
{
    private const int Annotations = 20_000;

    private readonly string _file = Path.Combine(
        Directory.CreateTempSubdirectory("headwater-bench-").FullName, "instances.json");

    private byte[] _text = [];
    private CocoSource _source = null!;

    [GlobalSetup]
    public void WriteAndCheck()
    {
        StringBuilder json = new("{\"annotations\": [");
        for (int i = 0; i < Annotations; i++)
        {
            json.Append(i == 0 ? "" : ", ").Append(
                CultureInfo.InvariantCulture,
                $$"""{"area": 1234.56, "id": {{i + 1}}, "segmentation": [[{{Points(i)}}]], """)
                .Append(CultureInfo.InvariantCulture, $"\"image_id\": {1 + (i % 1000)}, ")
                .Append("\"bbox\": [100.25, 120.5, 40.75, 33.3], \"category_id\": 7}");
        }

        json.Append("], \"images\": [").AppendJoin(", ", Enumerable.Range(1, 1000).Select(
            id => $$"""{"id": {{id}}, "width": 640, "height": 480, "coco_url": "http://host/train2017/{{id}}.jpg"}"""));
        json.Append("], \"categories\": [{\"id\": 7, \"name\": \"otter\", \"frequency\": \"f\"}]}");
        _text = Encoding.UTF8.GetBytes(json.ToString());
        File.WriteAllBytes(_file, _text);
        _source = CocoSource.OpenAsync(new() { AnnotationsFile = _file }, CancellationToken.None).Result;
        if (ReadGroups() != Annotations || _source.Problems.Total != 0)
        {
            throw new InvalidOperationException("the source gives something else back; the times mean nothing");
        }

        Console.WriteLine($"// {Annotations} annotations, {_text.Length} bytes");
    }

    [GlobalCleanup]
    public async Task Clean()
    {
        await _source.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public int TokensInMemory()
    {
        Utf8JsonReader reader = new(_text);
        int tokens = 0;
        while (reader.Read())
        {
            tokens++;
        }

        return tokens;
    }

    [Benchmark]
    public long Open()
    {
        CocoSource source = CocoSource.OpenAsync(new() { AnnotationsFile = _file }, CancellationToken.None).Result;
        source.DisposeAsync().AsTask().Wait();
        return source.InstancesMax!.Value;
    }

    [Benchmark]
    public int ReadGroups() => ReadGroupsAsync().Result;

    private async Task<int> ReadGroupsAsync()
    {
        int instances = 0;
        await foreach (RealGroup group in _source.ReadAsync(CancellationToken.None))
        {
            instances += group.Instances.Count;
        }

        return instances;
    }

    private static string Points(int seed) => string.Join(", ", Enumerable.Range(0, 80).Select(
        i => (((seed * 7) + (i % 2 == 0 ? i * 13 : i * i * 3)) % 400 + 0.25).ToString(CultureInfo.InvariantCulture)));
}
