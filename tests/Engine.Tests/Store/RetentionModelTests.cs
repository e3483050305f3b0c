using Engine.Items;
using Engine.Store;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>
/// Goal: whatever is appended, acknowledged and stopped in whatever order, the store is the newest part of what was
/// accepted, cut between shards, and never lacks what was not acknowledged. Method: random steps against a plain list,
/// with a stop at any write, flush or unlink (the fault throws; the store is opened again), for both policies.
/// </summary>
public sealed class RetentionModelTests
{
    private const int Cases = 25;
    private const int ShardBytes = 1 << 20;

    private static readonly Arbitrary<(int Kind, int Detail)[]> AnySteps = Gen
        .Choose(0, 11).SelectMany(kind => Gen.Choose(0, 1_000_000).Select(detail => (kind, detail)))
        .ArrayOf(40)
        .ToArbitrary();

    [Theory]
    [InlineData(UnacknowledgedPolicy.Keep)]
    [InlineData(UnacknowledgedPolicy.Delete)]
    public void The_store_is_the_newest_part_of_what_was_accepted(UnacknowledgedPolicy policy)
    {
        int deletions = 0;

        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(Cases), Prop.ForAll(AnySteps, steps =>
        {
            using RetentionModel model = new(policy);
            model.RunAsync(steps).GetAwaiter().GetResult();
            deletions += model.Deletions;
            return true;
        }));

        Assert.True(deletions > Cases, $"only {deletions} shards were ever deleted: the model tries nothing");
    }

    private sealed class RetentionModel(UnacknowledgedPolicy policy) : IDisposable
    {
        private readonly StoreFolder _folder = new();
        private readonly ManualClock _clock = new();
        private readonly List<Sample> _accepted = [];
        private int _made;
        private long _settled;

        public int Deletions { get; private set; }

        public void Dispose() => _folder.Dispose();

        public async Task RunAsync((int Kind, int Detail)[] steps)
        {
            SampleStore store = Open();
            foreach ((int kind, int detail) in steps)
            {
                int stopAt = kind >= 9 ? detail % 9 : -1;
                if (stopAt >= 0)
                {
                    StopAt(stopAt);
                }

                long firstBefore = store.FirstSequence;
                try
                {
                    await StepAsync(store, kind, detail);
                }
                catch (StoreReadOnlyException) when (stopAt >= 0)
                {
                }

                StopAt(-1);
                if (stopAt >= 0 || kind == 0)
                {
                    await store.DisposeAsync();
                    store = Open();
                    Forget(store);
                }

                await AssertAsync(store, firstBefore);
            }

            await AssertAsync(store, firstBefore: 1, isLast: true);
            await store.DisposeAsync();
        }

        private async Task StepAsync(SampleStore store, int kind, int detail)
        {
            switch (kind)
            {
                case 1:
                    _settled = Math.Max(_settled, detail % (store.LastSequence + 1));
                    break;
                case 2:
                    _clock.Advance(TimeSpan.FromMinutes(detail % 90));
                    break;
                case 3 or 4 or 9:
                    await store.RetainAsync();
                    break;
                default:
                    Sample[] batch =
                    [
                        .. Enumerable.Range(_made, 1 + (detail % 5))
                            .Select(n => Samples.Of(n, 1 + (n * 7919 % 700_000))),
                    ];
                    _made += batch.Length;
                    await store.AppendAsync(batch);
                    _accepted.AddRange(batch);
                    break;
            }
        }

        private SampleStore Open()
        {
            SampleStore store = _folder.Open(_folder.Options with
            {
                Retention = new()
                {
                    BytesMax = 3 * ShardBytes, AgeMax = TimeSpan.FromHours(1), OnUnacknowledged = policy,
                },
            }, _clock);
            store.SettledSequence = () => _settled;
            store.Deleted = shard =>
            {
                Deletions++;
                Assert.True(policy == UnacknowledgedPolicy.Delete || shard.Unacknowledged == 0);
            };
            return store;
        }

        // A stop is a fault at the n-th write, flush or unlink from here: nothing after it happens.
        private void StopAt(int operations)
        {
            int left = operations;
            void Count()
            {
                if (operations >= 0 && left-- <= 0)
                {
                    throw FaultFiles.Broken;
                }
            }

            _folder.Files.OnWrite = (_, bytes, _) =>
            {
                Count();
                return bytes;
            };
            _folder.Files.OnFlush = _ => Count();
            _folder.Files.AfterFlush = _ => Count();
            _folder.Files.OnDelete = _ => Count();
        }

        // A batch that a stop undid was not accepted; its numbers are not used again, so a hole would show.
        private void Forget(SampleStore store) =>
            Assert.InRange(store.LastSequence, _accepted.Count, _accepted.Count);

        private async Task AssertAsync(SampleStore store, long firstBefore, bool isLast = false)
        {
            Assert.Equal(_accepted.Count, store.LastSequence);
            Assert.True(store.FirstSequence >= firstBefore, "the first sample kept fell");
            Assert.True(
                policy == UnacknowledgedPolicy.Delete || store.FirstSequence <= _settled + 1,
                $"sample {store.FirstSequence - 1} is gone, acknowledged was {_settled}");
            StoredSample[] kept = [.. store.List(0, int.MaxValue)];
            Assert.Equal(_accepted.Count - store.FirstSequence + 1, kept.Length);
            Assert.True(_accepted.Count == 0 || kept.Length > 0);
            foreach (StoredSample stored in isLast ? kept : [.. kept.Take(1), .. kept.TakeLast(1)])
            {
                Samples.AssertSame(_accepted[(int)stored.Sequence - 1], await store.ReadAsync(stored));
            }

            Assert.True(kept.Length == 0 || kept[0].Offset == 0, "the first sample kept is not its shard's first");
            Assert.Equal(_accepted.Count, store.LoadState().Accepted.Values.Sum());
        }
    }
}
