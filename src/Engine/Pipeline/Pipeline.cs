using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline;

/// <summary>The whole stream on one screen: prompts in, accepted samples out.</summary>
/// <remarks>
/// <para>prompts -> generate -> annotate -> embed -> filter -> encode -> store -> deliver</para>
/// <para>Beside it runs <c>reject</c>, which every stage's drops enter: each try ends in the ledger exactly once, and
/// the planner hears of it only then, so that a crash can repeat a try but never lose one.</para>
/// </remarks>
public static class Pipeline
{
    private const long SmallBytes = 512;

    /// <summary>Links the stages and starts them; the line ends when the planner has nothing more to issue.</summary>
    /// <param name="line">The line; the caller waits for it.</param>
    /// <param name="parts">What the stages do.</param>
    /// <param name="bounds">How each stage is bounded.</param>
    /// <param name="draining">Cancelled when no more prompts are to be issued; what is under way is finished.</param>
    public static void Link(Line line, PipelineParts parts, PipelineOptions bounds, CancellationToken draining)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(bounds);
        Ends ends = new(parts);

        Stage<Rejection, Rejection> reject = new(
            line, "reject", bounds.Reject, new(_ => SmallBytes, _ => SmallBytes), parts.Reject.RunAsync);
        DropHandler<T> Rejected<T>(Func<T, Prompt> prompt) => (item, stage, reason, detail) =>
            reject.SendAsync(ends.Reject(prompt(item), stage, reason, detail));

        Stage<Prompt, Picture> generate = new(
            line, "generate", bounds.Generate,
            new(item => item.Bytes + parts.Generate.PictureBytesMax, item => item.Bytes),
            parts.Generate.RunAsync, Rejected<Prompt>(item => item));
        Stage<Picture, Annotated> annotate = new(
            line, "annotate", bounds.Annotate, new(item => item.Bytes * 2, item => item.Bytes),
            Steps.Each<Picture, Annotated>(parts.Annotate.RunAsync), Rejected<Picture>(item => item.Prompt));
        Stage<Annotated, Embedded> embed = new(
            line, "embed", bounds.Embed, new(item => item.Bytes, item => item.Bytes),
            parts.Embed.RunAsync, Rejected<Annotated>(item => item.Picture.Prompt));
        Stage<Embedded, Embedded> filter = new(
            line, "filter", bounds.Filter, new(item => item.Bytes, item => item.Bytes),
            Steps.Each<Embedded, Embedded>(parts.Filter.JudgeAsync), Rejected<Embedded>(Ends.PromptOf));
        Stage<Embedded, Sample> encode = new(
            line, "encode", bounds.Encode, new(item => item.Bytes * 2, item => item.Bytes),
            Steps.Each<Embedded, Sample>(parts.Encode.RunAsync), Rejected<Embedded>(Ends.PromptOf));
        Stage<Sample, StoredSample> store = new(
            line, "store", bounds.Store, new(item => item.Bytes, _ => SmallBytes), ends.StoreAsync,
            (item, stage, reason, detail) => reject.SendAsync(ends.Reject(item, stage, reason, detail)));
        Stage<StoredSample, StoredSample> deliver = new(
            line, "deliver", bounds.Deliver, new(_ => SmallBytes, _ => SmallBytes),
            Steps.Each<StoredSample, StoredSample>((item, stopping) => ends.DeliverAsync(item, draining, stopping)));

        line.Feed("prompts", stopping => ends.NextAsync(draining, stopping), generate);
        generate.To(annotate).To(embed).To(filter).To(encode).To(store).To(deliver);
        deliver.End(static _ => ValueTask.CompletedTask, ended: reject.Complete);
        reject.End(ends.TellPlanner);
    }
}
