using Engine.Crops;
using Host.Configuration;

namespace Host.Composition;

/// <summary>How generated pictures are prepared for the embedder: the one place that decides.</summary>
internal static class EmbedTreatment
{
    /// <summary>Decides it, and says how it compares with the index.</summary>
    /// <param name="embedder">The configuration's section, without problems.</param>
    /// <param name="indexRecipe">The index's words for its own pictures; null where no filter asks an index.</param>
    /// <param name="say">Told what a person should know, a line each.</param>
    /// <exception cref="InvalidDataException">It is to be the index's, which does not know its own.</exception>
    public static CropRecipe Of(EmbedderSection embedder, string? indexRecipe, Action<string> say)
    {
        CropRecipe? alike = indexRecipe is null ? null : CropRecipe.Read(indexRecipe);
        if (embedder.Crop?.Recipe == EmbedderRecipe.Index && alike is null)
        {
            throw new InvalidDataException(
                $"embedder.crop.recipe is index, but the index says of its pictures '{indexRecipe}' only, as its "
                + "embeddings were made elsewhere. State padding_px, outside and blur_px as they had them.");
        }

        CropRecipe recipe = Stated(embedder) ?? alike ?? CropRecipe.WholeOnBlack;
        if (indexRecipe is not null)
        {
            say(recipe.Text == indexRecipe
                ? $"embedder {embedder.Name}: objects are prepared as the index's pictures: {recipe.Text}"
                : $"embedder {embedder.Name}: objects are prepared as '{recipe.Text}', the index's pictures as "
                    + $"'{indexRecipe}'; cosines show that difference too");
        }

        return recipe;
    }

    /// <summary>Names a recipe beside the model, in the samples: only embeddings of one name are compared.</summary>
    /// <param name="recipe">The recipe.</param>
    public static string NameOf(CropRecipe recipe) => recipe switch
    {
        // The words of samples that were stored when there were no crops.
        { IsWhole: true, Outside: OutsideFill.Black } => "black",
        { IsWhole: true, Outside: OutsideFill.White } => "white",
        { IsWhole: true, Outside: OutsideFill.None } => "keep",
        _ => recipe.Text,
    };

    private static CropRecipe? Stated(EmbedderSection embedder) => embedder switch
    {
        { Background: { } background } => new CropRecipe
        {
            IsWhole = true,
            Outside = background switch
            {
                EmbedBackground.White => OutsideFill.White,
                EmbedBackground.Keep => OutsideFill.None,
                _ => OutsideFill.Black,
            },
        },
        { Crop: { Recipe: EmbedderRecipe.Explicit } crop } => crop.Stated(),
        { Crop.Recipe: EmbedderRecipe.Divergen } => CropRecipe.WholeOnBlack,
        _ => null,
    };
}
