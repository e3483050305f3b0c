using System.CommandLine;
using Engine.Export;
using Engine.Store;
using Host.Lifecycle;

namespace Host.Commands;

/// <summary><c>headwater export</c>: writes a store in the form that training code reads from a disk.</summary>
internal static class ExportCommand
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create() => new("export", "Write a store as a data set; a second run adds what is new.")
    {
        Coco("coco", "COCO: images and annotations.json with run-length masks.", CocoFlavour.Coco),
        Coco("lvis", "LVIS: the same with frequencies and counts of categories.", CocoFlavour.Lvis),
        Yolo(),
        WebDataset(),
    };

    private static Command Coco(string name, string description, CocoFlavour flavour) =>
        Make(name, description, [], (view, folder, _, stopping) =>
        {
            (long added, long all) = new CocoExport(view, folder, flavour).Run(Say, stopping);
            return $"{added} samples added, {all} in {Path.Combine(folder, "annotations.json")}";
        });

    private static Command Yolo()
    {
        Option<double> val = Val();
        return Make("yolo", "YOLO segmentation: images/, labels/ with polygons, data.yaml.", [val],
            (view, folder, parsed, stopping) =>
            {
                long added = new YoloExport(view, folder, parsed.GetValue(val)).Run(Say, stopping);
                return $"{added} samples added; {Path.Combine(folder, "data.yaml")}";
            });
    }

    private static Command WebDataset()
    {
        Option<double> val = Val();
        Option<int> shard = new("--shard-mib")
        {
            Description = "Largest shard, MiB, 1 to 65536.", DefaultValueFactory = _ => 1024,
        };
        shard.Validators.Add(given => Bound(given.GetValue(shard), 1, 65_536, "--shard-mib", given.AddError));
        Option<ulong?> seed = new("--shuffle-seed")
        {
            Description = "Shuffle blocks of 65,536 samples with this seed; without it the order of acceptance stays.",
        };
        Option<string[]> categories = new("--category")
        {
            Description = "Only this category; may be given again.",
        };
        return Make("webdataset", "WebDataset: train-NNNNNN.tar, val-NNNNNN.tar.", [val, shard, seed, categories],
            (view, folder, parsed, stopping) =>
            {
                WebDatasetExport export = new(view, folder, new()
                {
                    ShardBytesMax = (long)parsed.GetValue(shard) << 20,
                    ShuffleSeed = parsed.GetValue(seed),
                    Categories = parsed.GetValue(categories) ?? [],
                    ValPercent = parsed.GetValue(val),
                });
                long added = export.Run(Say, stopping);
                IEnumerable<string> shards = export.Shards.Select(part => $"{part.Value} {part.Key} shards");
                return $"{added} samples added; {string.Join(" and ", shards)} in {folder}";
            });
    }

    private static Command Make(
        string name,
        string description,
        Option[] more,
        Func<StoreView, string, ParseResult, CancellationToken, string> run)
    {
        Option<DirectoryInfo> store = StoreOption.Create();
        Option<DirectoryInfo> output = new("--output", "-o")
        {
            Description = "The folder to write to; made when absent.", Required = true,
        };
        Command command = new(name, description) { store, output };
        Array.ForEach(more, command.Add);
        command.SetAction((parsed, stopping) => Task.FromResult(Reading.Run($"export {name}", () =>
        {
            using StoreView view = StoreView.Open(parsed.GetValue(store)!.FullName);
            Console.Out.WriteLine(run(view, parsed.GetValue(output)!.FullName, parsed, stopping));
            return ExitCode.Ok;
        })));
        return command;
    }

    private static Option<double> Val()
    {
        Option<double> val = new("--val-percent")
        {
            Description = "Share of the samples for validation, 0 to 100, by their keys.",
        };
        val.Validators.Add(given => Bound(given.GetValue(val), 0, 100, "--val-percent", given.AddError));
        return val;
    }

    private static void Bound(double value, double min, double max, string option, Action<string> problem)
    {
        if (!(value >= min && value <= max))
        {
            problem($"{option} is {value}; it must be {min} to {max}.");
        }
    }

    private static void Say(long sequence) => Console.Error.WriteLine($"exported up to {sequence}");
}
