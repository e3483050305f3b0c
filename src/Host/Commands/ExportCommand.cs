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
    };

    private static Command Coco(string name, string description, CocoFlavour flavour)
    {
        Option<DirectoryInfo> store = StoreOption.Create();
        Option<DirectoryInfo> output = new("--output", "-o")
        {
            Description = "The folder to write to; made when absent.", Required = true,
        };
        Command command = new(name, description) { store, output };
        command.SetAction((parsed, stopping) => Task.FromResult(Reading.Run($"export {name}", () =>
        {
            string folder = parsed.GetValue(output)!.FullName;
            using StoreView view = StoreView.Open(parsed.GetValue(store)!.FullName);
            (long added, long all) = new CocoExport(view, folder, flavour)
                .Run(at => Console.Error.WriteLine($"exported up to {at}"), stopping);
            Console.Out.WriteLine($"{added} samples added, {all} in {Path.Combine(folder, "annotations.json")}");
            return ExitCode.Ok;
        })));
        return command;
    }
}
