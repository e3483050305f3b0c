using Engine.Flow;

namespace Engine.Tests.Flow;

/// <summary>Builds small lines of stages over numbers.</summary>
internal static class LineOf
{
    public static Stage<int, int> Stage(
        Line line, string name, StageOptions options, Func<int, ValueTask<Outcome<int>>> step, long weight = 1,
        DropHandler<int>? dropped = null) =>
        new(line, name, options, new(_ => weight, _ => weight), Steps.Each<int, int>((item, _) => step(item)), dropped);

    public static List<T> Collect<TIn, T>(Stage<TIn, T> stage)
    {
        List<T> delivered = [];
        stage.End(item =>
        {
            delivered.Add(item);
            return ValueTask.CompletedTask;
        });
        return delivered;
    }
}
