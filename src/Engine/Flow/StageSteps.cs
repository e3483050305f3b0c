namespace Engine.Flow;

/// <summary>What a stage does with one batch.</summary>
/// <typeparam name="TIn">The item taken in.</typeparam>
/// <typeparam name="TOut">The item passed on.</typeparam>
/// <param name="items">1 to <see cref="StageOptions.BatchMax"/> items, in order.</param>
/// <param name="stopping">Cancelled when the line stops.</param>
/// <returns>One outcome an item, in the items' order.</returns>
public delegate ValueTask<IReadOnlyList<Outcome<TOut>>> BatchStep<TIn, TOut>(
    IReadOnlyList<TIn> items, CancellationToken stopping);

/// <summary>What a stage does with one item.</summary>
/// <typeparam name="TIn">The item taken in.</typeparam>
/// <typeparam name="TOut">The item passed on.</typeparam>
/// <param name="item">The item.</param>
/// <param name="stopping">Cancelled when the line stops.</param>
/// <returns>The item's outcome.</returns>
public delegate ValueTask<Outcome<TOut>> ItemStep<TIn, TOut>(TIn item, CancellationToken stopping);

/// <summary>What is told of an item that a step dropped; awaited before the item counts as dropped.</summary>
/// <typeparam name="TIn">The item the step had taken in.</typeparam>
/// <param name="item">The item.</param>
/// <param name="stage">The stage's name.</param>
/// <param name="reason">The reason, from a fixed set.</param>
/// <param name="detail">The measured value and the bound, or null.</param>
/// <returns>A task; while it waits, the stage waits.</returns>
public delegate ValueTask DropHandler<in TIn>(TIn item, string stage, string reason, string? detail);

/// <summary>How a stage weighs its items in bytes.</summary>
/// <typeparam name="TIn">The item taken in.</typeparam>
/// <typeparam name="TOut">The item passed on.</typeparam>
/// <param name="In">What an item reserves when it enters: its own weight, or more when the step makes it grow.</param>
/// <param name="Out">What an item weighs once the step is done with it.</param>
public readonly record struct StageWeights<TIn, TOut>(Func<TIn, long> In, Func<TOut, long> Out);
