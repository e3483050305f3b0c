using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Host.Tests.Configuration;

/// <summary>Goal: no file, however wrong, is anything but a list of problems with places.</summary>
public sealed class ConfigDocumentTests
{
    [Theory]
    [InlineData("", "1:1: the file must hold one mapping")]
    [InlineData("- a\n- b\n", "1:1: the file must hold one mapping")]
    [InlineData("run: {}\n---\nrun: {}\n", "1:1: the file must hold one mapping")]
    [InlineData("run: {seed: 1\n", ": is no YAML")]
    [InlineData("run:\n  seed: 1\n  seed: 2\n", "3:3: run.seed: is given twice; it was on line 2")]
    [InlineData("a: &x [1]\nb: *x\n", "1:4: a: anchors and aliases are not read")]
    [InlineData("? [1, 2]\n: x\n", "1:3: a key must be plain text")]
    [InlineData("run: !!int 5\n", "1:6: run: tags are not read")]
    public void Wrong_document_is_one_clear_problem(string text, string said)
    {
        using ConfigFile file = new(text);

        Assert.Contains(file.Said(), line => line.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_is_bounded_before_a_tree_is_built()
    {
        using ConfigFile file = new("run: " + new string('[', 100_000));

        Assert.Contains("is nested deeper than 16 levels", Assert.Single(file.Said()), StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_no_text_or_not_there_is_one_problem()
    {
        using ConfigFile file = new("");
        File.WriteAllBytes(file.Path, [(byte)'a', 0xC3, 0x28]);

        string notText = Assert.Single(file.Said());
        File.Delete(file.Path);
        string notThere = Assert.Single(file.Said());

        Assert.Contains("is not UTF-8", notText, StringComparison.Ordinal);
        Assert.Contains("cannot be read", notThere, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_file_never_throws()
    {
        byte[] good = Encoding.UTF8.GetBytes(ConfigFile.Least + "store: {free_bytes_min: 1GiB}\nrun: {seed: '4'}\n");
        Gen<(int At, byte Value)[]> damage = Gen.Choose(0, good.Length - 1)
            .SelectMany(at => Gen.Choose(0, 127), (at, value) => (at, (byte)value)).ArrayOf();
        using ConfigFile file = new("");

        Prop.ForAll(Arb.From(damage), hits =>
        {
            byte[] bytes = [.. good];
            foreach ((int at, byte value) in hits)
            {
                bytes[at] = value;
            }

            File.WriteAllBytes(file.Path, bytes);
            file.Said();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20261121, 1));
    }
}
