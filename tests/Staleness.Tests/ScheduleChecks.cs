using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Properties that every schedule has.</summary>
internal static class ScheduleChecks
{
    /// <summary>
    /// Time never runs back; a worker computes one gradient at a time, on weights pulled since; each gradient has one end on each shard: applied once, or
    /// dropped once; the version of a shard grows by one per update; staleness is what the pulls say.
    /// </summary>
    public static void AssertIsSound(Schedule schedule)
    {
        int shards = Math.Max(schedule.Shards, 1);
        var ends = new Dictionary<(long Gradient, int Shard), EventKind>();
        var read = new Dictionary<(long Gradient, int Shard), long>();
        var pulled = new Dictionary<(int Worker, int Shard), long>();
        var computing = new Dictionary<int, long>();
        var computed = new HashSet<long>();
        var versions = new long[shards];
        long time = 0;
        foreach (var entry in schedule.Events)
        {
            Assert.True(entry.Time >= time);
            time = entry.Time;
            switch (entry.Kind)
            {
                case EventKind.Pull:
                    Assert.Equal(versions[entry.Shard], entry.Version);
                    pulled[(entry.Worker, entry.Shard)] = entry.Version;
                    break;
                case EventKind.Compute:
                    Assert.True(computing.TryAdd(entry.Worker, entry.Gradient));
                    Assert.True(computed.Add(entry.Gradient));
                    for (int shard = 0; shard < schedule.Shards; shard++)
                    {
                        Assert.True(pulled.Remove((entry.Worker, shard), out long version));
                        read[(entry.Gradient, shard)] = version;
                    }

                    break;
                case EventKind.Push or EventKind.LocalStep:
                    Assert.True(computing.Remove(entry.Worker, out long done));
                    Assert.Equal(entry.Gradient, done);
                    if (entry.Kind == EventKind.LocalStep)
                        End(entry.Gradient, 0, entry.Kind);
                    break;
                case EventKind.Fail:
                    computing.Remove(entry.Worker);
                    for (int shard = 0; shard < shards; shard++)
                        pulled.Remove((entry.Worker, shard));
                    break;
                case EventKind.Apply:
                    Assert.Equal(versions[entry.Shard], entry.Version);
                    Assert.NotEmpty(entry.Applied);
                    foreach (var applied in entry.Applied)
                    {
                        End(applied.Id, entry.Shard, entry.Kind);
                        Assert.Equal(versions[entry.Shard] - read[(applied.Id, entry.Shard)], applied.Staleness);
                        Assert.True(applied.Staleness >= 0);
                    }

                    versions[entry.Shard]++;
                    break;
                case EventKind.Drop:
                    Assert.NotEqual(DropReason.None, entry.Reason);
                    End(entry.Gradient, entry.Shard, entry.Kind);
                    break;
            }
        }

        Assert.Equal(computed.Count * shards, ends.Count);

        void End(long gradient, int shard, EventKind kind)
        {
            Assert.Contains(gradient, computed);
            Assert.True(ends.TryAdd((gradient, shard), kind), $"gradient {gradient} ends twice on shard {shard}");
        }
    }
}
