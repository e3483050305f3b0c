using Engine.Imaging;
using Engine.Index.Sources;
using Engine.Tests.Imaging;
using Tests.Shared;

namespace Engine.Tests.Index;

public sealed class FolderSourceTests
{
    [Fact]
    public async Task Each_folder_is_a_category_and_each_picture_an_object()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder.File("owl"));
        Directory.CreateDirectory(folder.File("otter"));
        byte[] png = ImageCodec.EncodePng(TestImages.Noise(5, 4, seed: 1));
        await File.WriteAllBytesAsync(folder.File("owl/b.PNG"), png);
        await File.WriteAllBytesAsync(folder.File("owl/a.jpg"), [1, 2]);
        await File.WriteAllBytesAsync(folder.File("owl/notes.txt"), [1]);

        await using FolderSource source = FolderSource.Open(folder.Path);
        List<RealGroup> groups = await source.ReadAsync(CancellationToken.None).ToListAsync();

        Assert.Equal([("otter", 0L), ("owl", 2L)], source.Categories.Select(one => (one.Name, one.Instances!.Value)));
        Assert.Equal(["owl/a.jpg", "owl/b.PNG"], groups.Select(group => group.Image.Name));
        Assert.Null(RealPicture.Load(groups[0], ImageLimits.Default, source.Problems));
        Assert.Equal(5, RealPicture.Load(groups[1], ImageLimits.Default, source.Problems)!.Width);
        Assert.Equal(1, source.Problems.Count(SourceFault.ImageUnreadable));
    }

    [Fact]
    public void Folder_that_is_not_there_is_refused()
    {
        Assert.Throws<DirectoryNotFoundException>(() => FolderSource.Open("/no/such/folder"));
    }
}
