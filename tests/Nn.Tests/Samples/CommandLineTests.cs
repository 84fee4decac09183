namespace TensorGraph.Tests;

/// <summary>A command line of a sample that can't be used, or a path that is not there, is one line on the error stream, without a stack trace.</summary>
[Collection(ProcessState.Name)]
public sealed class CommandLineTests
{
    public static TheoryData<string, string> Bad()
    {
        var data = new TheoryData<string, string>();
        foreach (string sample in new[] { "Algorithms", "AsyncDispatch", "CharRnn", "Digits", "FashionMnist", "Retrace", "Study", "TextClassification" })
        {
            foreach (string words in new[] { "--json /nodir/x", "--json /", "--nonsense", "stray" })
                data.Add(sample, words);
        }

        foreach (var (sample, options) in new[]
        {
            ("Algorithms", "--steps"), ("CharRnn", "--steps --length --batch --units --letters"), ("Digits", "--epochs --batch"),
            ("FashionMnist", "--epochs --steps --batch"), ("TextClassification", "--length --epochs --steps --batch --width --units --layers --heads"),
        })
        {
            foreach (string option in options.Split(' '))
            {
                foreach (string value in new[] { "0", "-1", "x", "1.5", "99999999999" })
                    data.Add(sample, $"{option} {value}");
            }

            data.Add(sample, "--seed x");
        }

        foreach (var (sample, option) in new[] { ("CharRnn", "--temperature"), ("FashionMnist", "--rate"), ("TextClassification", "--rate"), ("TextClassification", "--dropout") })
        {
            foreach (string value in new[] { "-1", "NaN", "x" })
                data.Add(sample, $"{option} {value}");
        }

        data.Add("TextClassification", "--dropout 1");
        data.Add("TextClassification", "--model gpt");
        data.Add("TextClassification", "--tokens letters");
        data.Add("Digits", "--model gpt");
        data.Add("Digits", "--data nowhere");
        data.Add("Digits", "--data fashion-mnist:/nodir");
        data.Add("FashionMnist", "--data /nodir");
        data.Add("CharRnn", "--file /nodir/text.txt");
        data.Add("CharRnn", "--file /");
        return data;
    }

    // In this process: there are many.
    [Theory]
    [MemberData(nameof(Bad))]
    public void Is_one_line(string sample, string words)
    {
        var (output, error) = (Console.Out, Console.Error);
        using StringWriter written = new(), failed = new();
        Console.SetOut(written);
        Console.SetError(failed);
        try
        {
            var program = System.Reflection.Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{sample}.dll")).EntryPoint!;
            Assert.NotEqual(0, (int)program.Invoke(null, [words.Split(' ')])!);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        string line = Assert.Single(failed.ToString().TrimEnd().Split('\n'));
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\e', written.ToString());
    }
}
