using Engine.Options;
using Host.Configuration;
using Tests.Shared;

namespace Host.Tests.Configuration;

/// <summary>Goal: docs/configuration.md holds every key with its default and meaning, and no other.</summary>
public sealed class ReferenceTests
{
    private const string Write = "HEADWATER_WRITE_DOCS";

    private const string Head = """
        # Configuration

        One YAML file, given with `--config`. `headwater validate -c FILE` says everything that is wrong with it, each
        as `file:line:column: key: message`, and exits with 78; `--no-environment` leaves out whether the paths that it
        names are there. This page is written from the options records by a test, which fails when they differ:
        `HEADWATER_WRITE_DOCS=1` and the tests of `Host.Tests.Configuration` write it anew.

        | kind | how it is written |
        |---|---|
        | whole number | `64`, `1_000_000` |
        | number | `0.6`, `1e-3`; never NaN or infinite |
        | bytes | `1048576`, `512MiB`, `1.5GiB`, `64kB`; kB, MB, GB are powers of 1000, KiB, MiB, GiB, TiB of 1024 |
        | time | a number with a unit: `250ms`, `30s`, `5min` or `5m`, `2h`, `1d` |
        | path | a relative one counts from the file's folder, also a default one |
        | choice | one of the words given; case and underscores do not matter |

        `${NAME}` in a value is the environment variable NAME, `${NAME:-text}` is text where it is not set; what a
        variable holds is text, never YAML. An unknown key, a key given twice, an anchor, an alias and a tag are errors.
        A section that gives one key keeps the other defaults of its place. The file is UTF-8, up to 64 MiB, 16 levels
        deep.

        """;

    [Fact]
    public void Page_is_what_the_records_say()
    {
        Reference reference = new(typeof(HeadwaterConfig).Assembly, typeof(ICheckedOptions).Assembly);

        string expected = reference.Write(typeof(HeadwaterConfig), Head);

        Assert.Empty(reference.Undocumented);
        string page = Repository.Path("docs", "configuration.md");
        if (Environment.GetEnvironmentVariable(Write) == "1")
        {
            File.WriteAllText(page, expected);
        }

        Assert.True(
            File.Exists(page) && File.ReadAllText(page) == expected,
            $"docs/configuration.md differs from the options records; {Write}=1 writes it anew");
    }
}
