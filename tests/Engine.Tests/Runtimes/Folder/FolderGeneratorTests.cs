using System.Security.Cryptography;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Folder;
using Engine.Tests.Imaging;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Folder;

/// <summary>Goal: each picture is handed out once, whole, for its own category. Method: real files and a clock that
/// stands still, so a look is made when the test says so.</summary>
public sealed class FolderGeneratorTests : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pictures_of_a_category_come_in_the_order_of_their_names_and_are_moved()
    {
        Put("cup/b.png", 2);
        Put("cup/a.webp", 1, ImageCodec.EncodeWebp(Picture(1), 80, lossless: true));
        Put("plate/c.png", 3);
        using FolderGenerator generator = await OpenAsync();

        Generated first = (await OneAsync(generator, "cup")).Value!;
        Generated second = (await OneAsync(generator, "cup")).Value!;
        Outcome<Generated> third = await OneAsync(generator, "cup");

        Assert.Equal(Picture(1).Pixels, first.Image.Pixels);
        Assert.Equal(Picture(2).Pixels, second.Image.Pixels);
        Assert.Equal(RejectReason.NoSource, third.DropReason);
        Assert.Equal("cup/b.png", second.Lineage["file"]);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(ImageCodec.EncodePng(Picture(2)))), second.Lineage["sha256"]);
        Assert.Equal([".taken/cup/a.webp", ".taken/cup/b.png", "plate/c.png"], Files());
    }

    [Theory]
    [InlineData("Road Sign", "road sign")]
    [InlineData("tv_monitor", "TV/monitor")]
    public async Task Category_is_found_whatever_the_case_and_a_slash_is_an_underscore(string folder, string category)
    {
        Put($"{folder}/a.png", 1);
        using FolderGenerator generator = await OpenAsync();

        Assert.Null((await OneAsync(generator, category)).DropReason);
        Assert.Equal(RejectReason.NoSource, (await OneAsync(generator, "../" + folder)).DropReason);
    }

    [Fact]
    public async Task Picture_is_given_to_one_of_many_callers()
    {
        for (int i = 0; i < 40; i++)
        {
            Put($"cup/{i:D2}.png", i);
        }

        using FolderGenerator one = await OpenAsync();
        using FolderGenerator other = await OpenAsync(); // Another daemon on the same folder.
        Prompt[] prompts = [.. Enumerable.Repeat(Prompt("cup"), 10)];

        IReadOnlyList<Outcome<Generated>>[] calls = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(i => Task.Run(() => (i % 2 == 0 ? one : other).GenerateAsync(prompts, Token).AsTask())));

        string[] given =
        [
            .. calls.SelectMany(call => call).Where(outcome => outcome.DropReason is null)
                .Select(outcome => outcome.Value!.Lineage["file"]),
        ];
        Assert.Equal(40, given.Length);
        Assert.Equal(40, given.Distinct().Count());
    }

    [Fact]
    public async Task File_is_taken_when_two_looks_saw_it_alike()
    {
        Directory.CreateDirectory(_folder.File("cup"));
        using FolderGenerator generator = await OpenAsync();
        byte[] whole = ImageCodec.EncodePng(Picture(1));

        Put("cup/a.png", 1, whole[..^30]);
        _clock.Advance(Poll);
        Outcome<Generated> afterOneLook = await OneAsync(generator, "cup");
        Put("cup/a.png", 1, whole);
        _clock.Advance(Poll);
        Outcome<Generated> afterAChange = await OneAsync(generator, "cup");
        _clock.Advance(Poll);
        Outcome<Generated> atRest = await OneAsync(generator, "cup");

        Assert.Equal(RejectReason.NoSource, afterOneLook.DropReason);
        Assert.Equal(RejectReason.NoSource, afterAChange.DropReason);
        Assert.Equal(Picture(1).Pixels, atRest.Value!.Image.Pixels);
    }

    [Fact]
    public async Task File_that_changes_after_the_last_look_is_left_for_a_later_one()
    {
        Put("cup/a.png", 1);
        using FolderGenerator generator = await OpenAsync();

        Put("cup/a.png", 2, ImageCodec.EncodePng(TestImages.Noise(9, 9, seed: 2)));
        Outcome<Generated> early = await OneAsync(generator, "cup");
        _clock.Advance(Poll);
        _clock.Advance(Poll);

        Assert.Equal(RejectReason.NoSource, early.DropReason);
        Assert.Equal("9", (await OneAsync(generator, "cup")).Value!.Lineage["width"]);
    }

    [Fact]
    public async Task Names_of_files_still_written_and_of_no_pictures_are_passed_over()
    {
        foreach (string name in new[] { ".a.png", "b.png.part", "c.png.tmp", "d.txt", "e" })
        {
            Put($"cup/{name}", 1);
        }

        Put(".taken/cup/f.png", 1);
        using FolderGenerator generator = await OpenAsync();

        Assert.Equal(RejectReason.NoSource, (await OneAsync(generator, "cup")).DropReason);
        Assert.Equal(RejectReason.NoSource, (await OneAsync(generator, ".taken")).DropReason);
    }

    [Fact]
    public async Task Restart_hands_out_only_what_was_not()
    {
        Put("cup/a.png", 1);
        Put("cup/b.png", 2);
        using (FolderGenerator before = await OpenAsync())
        {
            Assert.Equal("cup/a.png", (await OneAsync(before, "cup")).Value!.Lineage["file"]);
        }

        using FolderGenerator after = await OpenAsync();

        Assert.Equal("cup/b.png", (await OneAsync(after, "cup")).Value!.Lineage["file"]);
        Assert.Equal(RejectReason.NoSource, (await OneAsync(after, "cup")).DropReason);
    }

    [Fact]
    public async Task Same_name_again_is_another_picture_and_overwrites_none()
    {
        Put("cup/a.png", 1);
        using FolderGenerator generator = await OpenAsync();
        await OneAsync(generator, "cup");
        _clock.Advance(Poll);

        Put("cup/a.png", 2);
        _clock.Advance(Poll);
        _clock.Advance(Poll);

        Assert.Equal(Picture(2).Pixels, (await OneAsync(generator, "cup")).Value!.Image.Pixels);
        Assert.Equal([".taken/cup/a.png", ".taken/cup/a~1.png"], Files());
    }

    [Fact]
    public async Task Bad_file_is_put_aside_and_the_prompt_gets_the_next_one()
    {
        Put("cup/a.png", 1, ImageCodec.EncodePng(Picture(1))[..60]);
        Put("cup/b.png", 1, []);
        Put("cup/c.png", 1, ImageCodec.EncodePng(TestImages.Noise(70, 4, seed: 1)));
        Put("cup/d.png", 4);
        using FolderGenerator generator = await OpenAsync(options => options with
        {
            Limits = options.Limits with { SideMaxPx = 64 },
        });

        Assert.Equal(Picture(4).Pixels, (await OneAsync(generator, "cup")).Value!.Image.Pixels);
        Assert.Equal([".bad/cup/a.png", ".bad/cup/b.png", ".bad/cup/c.png", ".taken/cup/d.png"], Files());
        Assert.Equal(3L * 64 * 64, generator.PictureBytesMax);
    }

    [Fact]
    public async Task Read_only_folder_stays_as_it_is_and_a_restart_begins_again()
    {
        Put("cup/a.png", 1);
        Put("cup/b.png", 1, []);
        using (FolderGenerator before = await OpenAsync(options => options with { ReadOnly = true }))
        {
            Assert.Null((await OneAsync(before, "cup")).DropReason);
            _clock.Advance(Poll);
            _clock.Advance(Poll);
            Assert.Equal(RejectReason.NoSource, (await OneAsync(before, "cup")).DropReason);
        }

        using FolderGenerator after = await OpenAsync(options => options with { ReadOnly = true });

        Assert.Null((await OneAsync(after, "cup")).DropReason);
        Assert.Equal(["cup/a.png", "cup/b.png"], Files());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Listing_is_bounded_and_the_rest_comes_when_the_first_are_taken(bool readOnly)
    {
        for (int i = 0; i < 5; i++)
        {
            Put($"cup/{i}.png", i);
        }

        using FolderGenerator generator = await OpenAsync(
            options => options with { FilesMax = 2, ReadOnly = readOnly });
        HashSet<string> given = [];
        for (int look = 0; look < 8; look++)
        {
            while ((await OneAsync(generator, "cup")).Value is { } made)
            {
                Assert.True(given.Add(made.Lineage["file"]));
            }

            _clock.Advance(Poll);
        }

        Assert.Equal(5, given.Count);
    }

    [Fact]
    public async Task Prompt_waits_for_its_picture_and_no_longer_than_its_wait()
    {
        Directory.CreateDirectory(_folder.File("cup"));
        using FolderGenerator generator = await OpenAsync(
            options => options with { Wait = TimeSpan.FromSeconds(10) });

        Task<Outcome<Generated>> served = OneAsync(generator, "cup");
        Put("cup/a.png", 1);
        _clock.Advance(Poll);
        Assert.False(served.IsCompleted);
        _clock.Advance(Poll);
        Assert.Null((await served).DropReason);

        Task<Outcome<Generated>> inVain = OneAsync(generator, "cup");
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(inVain.IsCompleted);
        while (!inVain.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1)); // More than once when it was just setting its timer.
            await Task.Yield();
        }

        Assert.Equal(RejectReason.NoSource, (await inVain).DropReason);
    }

    [Fact]
    public async Task Wait_ends_with_the_line()
    {
        using FolderGenerator generator = await OpenAsync(
            options => options with { Wait = TimeSpan.FromSeconds(10) });
        using CancellationTokenSource stopping = new();

        Task<IReadOnlyList<Outcome<Generated>>> call =
            generator.GenerateAsync([Prompt("cup")], stopping.Token).AsTask();
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Folder_that_goes_away_is_told_and_found_again()
    {
        string root = _folder.File("in");
        Put("in/cup/a.png", 1);
        using FolderGenerator generator = await OpenAsync(options => options with { Folder = root });
        await OneAsync(generator, "cup");

        Directory.Move(root, _folder.File("away"));
        _clock.Advance(Poll);
        Outcome<Generated> away = await OneAsync(generator, "cup");
        Directory.Move(_folder.File("away"), root);
        Put("in/cup/b.png", 2);
        _clock.Advance(Poll);
        _clock.Advance(Poll);

        Assert.Contains("cannot be read", away.Detail, StringComparison.Ordinal);
        Assert.Null((await OneAsync(generator, "cup")).DropReason);
    }

    [Fact]
    public async Task Folder_that_is_not_there_is_refused()
    {
        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => OpenAsync(options => options with { Folder = _folder.File("none") }));
    }

    [Fact]
    public void Options_say_all_problems()
    {
        FolderOptions options = new()
        {
            PollInterval = TimeSpan.Zero, Wait = TimeSpan.FromDays(2), FilesMax = 0, BatchMax = 0,
        };

        Assert.Equal(
            ["BatchMax", "FilesMax", "Folder", "PollInterval", "Wait"],
            options.Problems().Select(problem => problem.Property).Order());
    }

    private static RgbImage Picture(int seed) => TestImages.Noise(8, 6, seed);

    private static Prompt Prompt(string category) => new()
    {
        Id = "0123456789abcdef", Category = category, Text = "a " + category, Attempt = 0, Seed = 1,
    };

    private static async Task<Outcome<Generated>> OneAsync(FolderGenerator generator, string category) =>
        (await generator.GenerateAsync([Prompt(category)], Token)).Single();

    private string[] Files() =>
    [
        .. Directory.EnumerateFiles(_folder.Path, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = 0,
        }).Select(file => Path.GetRelativePath(_folder.Path, file)).Order(StringComparer.Ordinal),
    ];

    private void Put(string path, int seed, byte[]? bytes = null)
    {
        string file = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes ?? ImageCodec.EncodePng(Picture(seed)));
    }

    /// <summary>Opens the folder and lets the interval between its first two looks pass.</summary>
    private async Task<FolderGenerator> OpenAsync(Func<FolderOptions, FolderOptions>? change = null)
    {
        FolderOptions options = new() { Folder = _folder.Path, PollInterval = Poll };
        Task<FolderGenerator> opening = FolderGenerator.OpenAsync(
            "folder", change?.Invoke(options) ?? options, _clock, Token);
        if (!opening.IsCompleted)
        {
            _clock.Advance(Poll);
        }

        return await opening;
    }
}
