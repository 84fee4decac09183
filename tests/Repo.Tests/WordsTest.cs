using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>What is tracked speaks of the project only: no path or host of the machine it was written on.</summary>
public sealed class WordsTest
{
    // Each word is written with a class of one letter, so that this file does not match itself.
    private static readonly Regex Forbidden = new(
        @"(?<![\w.$}/])/[w]ork/|/[r]oot/|/[h]ome/\w|/[t]mp/bash|\.[l]ibrary/|[s]hared/(design|models|behaviours|field-map)|[h]-seed-|[g]ithub-mirror|[t]his workplace",
        RegexOptions.IgnoreCase | RegexOptions.Compiled);

    [Fact]
    public void No_tracked_file_names_the_machine_it_was_written_on()
    {
        var offenders = new List<string>();
        foreach (string file in Repository.Files().Where(file => !file.EndsWith(".gz", StringComparison.Ordinal) && !file.EndsWith(".png", StringComparison.Ordinal)))
        {
            int number = 0;
            foreach (string line in File.ReadLines(Repository.PathOf(file)))
            {
                number++;
                if (Forbidden.IsMatch(line))
                {
                    offenders.Add($"{file}:{number}: {line.Trim()}");
                }
            }
        }

        Assert.Empty(offenders);
    }

    [Fact]
    public void No_tracked_file_names_a_package_source() =>
        Assert.DoesNotContain(Repository.Files(), file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
}
