using System.CommandLine;
using Engine.Crops;
using Engine.Index;
using Host.Index;
using Host.Lifecycle;
using Kernels.Similarity;

namespace Host.Commands;

/// <summary><c>headwater index</c>: makes and looks into an index of real pictures.</summary>
internal static class IndexCommand
{
    private static readonly Argument<FileInfo> IndexFile = new("index") { Description = "The index file." };

    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create() => new("index", "Make an index of real pictures, and look into it.")
    {
        Build("build", "Embed real pictures into a new index; goes on where a build before was ended.", adds: false),
        Build("add", "Add real pictures to an index.", adds: true), Info(), Verify(), Query(),
    };

    private static Command Build(string name, string description, bool adds)
    {
        Option<DirectoryInfo> model = ModelOption();
        Option<FileInfo> coco = new("--coco") { Description = "COCO's or LVIS's json of instances, with --images." };
        Option<DirectoryInfo> images = new("--images") { Description = "The folder of the json's pictures." };
        Option<DirectoryInfo> folder = new("--folder") { Description = "One folder of pictures a category." };
        Option<FileInfo> npy = new("--npy") { Description = "Embeddings of the model, .npy or .npz, with --ids." };
        Option<FileInfo> ids = new("--ids") { Description = "The json of their ids and categories." };
        Option<FileInfo[]> shards = new("--webdataset")
        {
            Description = "Tar shards of embeddings.", AllowMultipleArgumentsPerToken = true,
        };
        Option<OutsideFill> outside = new("--outside")
        {
            Description = "What stands outside an object: blur as the reference has it, black, white or none. "
                + "Generated pictures are prepared alike.",
            DefaultValueFactory = _ => OutsideFill.Blur,
        };
        Option<int> padding = new("--padding")
        {
            Description = "Px around an object's box.", DefaultValueFactory = _ => new CropRecipe().PaddingPx,
        };
        Option<RowType> type = new("--type")
        {
            Description = "How values are stored: f32, f16 or i8.", DefaultValueFactory = _ => RowType.F16,
        };
        Option<int> batch = new("--batch") { Description = "Pictures a run.", DefaultValueFactory = _ => 16 };
        Command command = new(name, description)
        {
            IndexFile, model, coco, images, folder, npy, ids, shards, outside, padding, type, batch,
        };
        command.SetAction((parsed, stopping) => Reading.RunAsync($"index {name}", async () => await IndexBuild.RunAsync(
            new IndexBuildRequest(parsed.GetValue(IndexFile)!.FullName, parsed.GetValue(model)!.FullName)
            {
                Adds = adds,
                Coco = parsed.GetValue(coco)?.FullName,
                Images = parsed.GetValue(images)?.FullName,
                Folder = parsed.GetValue(folder)?.FullName,
                Npy = parsed.GetValue(npy)?.FullName,
                Ids = parsed.GetValue(ids)?.FullName,
                Shards = [.. (parsed.GetValue(shards) ?? []).Select(shard => shard.FullName)],
                Recipe = new CropRecipe { Outside = parsed.GetValue(outside), PaddingPx = parsed.GetValue(padding) },
                Type = parsed.GetValue(type),
                Batch = parsed.GetValue(batch),
            },
            stopping).ConfigureAwait(false)));
        return command;
    }

    private static Command Info()
    {
        Command command = new("info", "Say what an index is made of.") { IndexFile };
        command.SetAction(parsed => Reading.Run("index info", () =>
        {
            using RealIndex index = RealIndex.Open(parsed.GetValue(IndexFile)!.FullName);
            IndexReport.Print(index, Console.Out);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Verify()
    {
        Command command = new("verify", "Read all of an index; exit 74 when it is damaged.") { IndexFile };
        command.SetAction((parsed, stopping) => Task.FromResult(Reading.Run("index verify", () =>
        {
            using RealIndex index = RealIndex.Open(parsed.GetValue(IndexFile)!.FullName);
            if (index.FirstBadBlock(stopping) is not { } bad)
            {
                Console.Out.WriteLine($"{index.FileBytes} bytes, all as they were written");
                return ExitCode.Ok;
            }

            Console.Out.WriteLine($"damaged: the {bad.Length} bytes from {bad.Offset} on are the first that changed");
            return ExitCode.StoreFault;
        })));
        return command;
    }

    private static Command Query()
    {
        Option<DirectoryInfo> model = ModelOption();
        Option<FileInfo> picture = new("--picture") { Description = "The picture.", Required = true };
        Option<string?> category = new("--category") { Description = "Look among this category's pictures only." };
        Option<int> count = new("--count") { Description = "Neighbours, 1 to 64.", DefaultValueFactory = _ => 10 };
        Command command = new("query", "Find the real pictures that are most like one.")
        {
            IndexFile, model, picture, category, count,
        };
        command.SetAction((parsed, stopping) => Reading.RunAsync("index query", async () => await IndexQuery.RunAsync(
            parsed.GetValue(IndexFile)!.FullName, parsed.GetValue(model)!.FullName,
            parsed.GetValue(picture)!.FullName, parsed.GetValue(category), parsed.GetValue(count), stopping)
            .ConfigureAwait(false)));
        return command;
    }

    private static Option<DirectoryInfo> ModelOption() => new("--model")
    {
        Description = "The image embedder's folder, the one of the daemon's embedder section.", Required = true,
    };
}
