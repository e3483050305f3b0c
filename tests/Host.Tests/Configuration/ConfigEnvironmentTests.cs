namespace Host.Tests.Configuration;

/// <summary>Goal: what a file names and the machine lacks is told at the line that names it.</summary>
public sealed class ConfigEnvironmentTests
{
    [Fact]
    public void Missing_files_are_told_where_they_are_named_and_nothing_is_made()
    {
        using ConfigFile file = new(ConfigFile.Least);
        Directory.CreateDirectory(file.Inside("pictures"));
        File.WriteAllText(file.Inside("decoder.onnx"), "");

        Assert.Equal(
            [$"5:28: annotator.sam.encoder: is '{file.Inside("encoder.onnx")}', which does not exist"],
            file.Said(onThisMachine: true));
        Assert.False(Directory.Exists(file.Inside("data")));
    }

    [Fact]
    public void Section_of_the_other_kind_is_not_looked_at()
    {
        using ConfigFile file = new("""
            plan: {quota: 1, categories: [{name: apple}]}
            generators: [{library: {source: .}}]
            annotator:
              kind: salient
              salient: {model: headwater.yaml}
              sam: {encoder: gone, decoder: gone}
            """);

        Assert.Empty(file.Said(onThisMachine: true));
    }

    [Fact]
    public void Data_directory_that_cannot_be_made_is_a_problem()
    {
        using ConfigFile file = new("""
            plan: {quota: 1, categories: [{name: apple}]}
            generators: [{library: {source: .}}]
            annotator: {kind: salient, salient: {model: headwater.yaml}}
            store: {directory: headwater.yaml/data}
            """);

        Assert.Equal(
            [$"4:20: store.directory: is '{file.Inside("headwater.yaml/data")}', "
                + $"which cannot be made: {file.Path} is not a folder"],
            file.Said(onThisMachine: true));
    }
}
