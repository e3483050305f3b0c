namespace Engine.Flow;

/// <summary>Makes steps of one kind from steps of the other.</summary>
public static class Steps
{
    /// <summary>Makes a batch step of a step for single items.</summary>
    /// <typeparam name="TIn">The item taken in.</typeparam>
    /// <typeparam name="TOut">The item passed on.</typeparam>
    /// <param name="step">Called for each item.</param>
    /// <returns>A step that calls it item by item, in order.</returns>
    public static BatchStep<TIn, TOut> Each<TIn, TOut>(ItemStep<TIn, TOut> step) => async (items, stopping) =>
    {
        Outcome<TOut>[] outcomes = new Outcome<TOut>[items.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = await step(items[i], stopping).ConfigureAwait(false);
        }

        return outcomes;
    };
}
