using System.IO.Compression;
using System.Text;

namespace TensorGraph.Tests;

/// <summary>Datasets of files: lines, comma-separated values, folders of images, IDX.</summary>
public sealed class DatasetFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_come_from_all_files_zipped_or_not_and_are_resumed()
    {
        var dataset = Dataset.FromTextLines(Write("a.txt", "eins\nzwei\r\n"), Zip("b.gz", "drei\n\nfünf"));
        string[] lines = ["eins", "zwei", "drei", "", "fünf"];
        Assert.Equal(lines, dataset);
        for (int count = 0; count <= lines.Length; count++)
        {
            using var elements = dataset.GetEnumerator();
            for (int i = 0; i < count; i++)
                elements.MoveNext();
            using var resumed = dataset.Resume(elements.Position);
            Assert.Equal(lines[count..], Rest(resumed));
        }

        Assert.Equal(0, Assert.Single(Dataset.FromTextLines(Write("one.txt", "\n")).Map(line => (Tensor)line.Length)).Item<int>());
    }

    [Fact]
    public void Files_are_closed_when_the_loop_is_left()
    {
        string path = Write("a.txt", "1\n2\n3\n");
        foreach (string _ in Dataset.FromTextLines(path).Prefetch())
            break;
        using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(6, alone.Length);
    }

    [Fact]
    public void Missing_and_damaged_files_are_named()
    {
        Expect.ErrorHere(DiagnosticIds.BadData, () => Read(Dataset.FromTextLines(PathOf("none.txt"))), ["none.txt", "does not exist"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Read(Dataset.FromTextLines("\0")), []);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Read(Dataset.FromTextLines(_folder)), [_folder]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Read(Dataset.FromFiles(PathOf("none"))), ["none"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Dataset.ClassesOf(PathOf("none")), ["none"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Dataset.FromTextLines([null!]), []);
        byte[] whole = File.ReadAllBytes(Zip("whole.gz", string.Join('\n', Enumerable.Range(0, 1000))));
        foreach (int length in new[] { 0, 1, 11, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(PathOf("cut.gz"), whole[..length]);
            Expect.ErrorHere(DiagnosticIds.BadData, () => Read(Dataset.FromTextLines(PathOf("cut.gz"))), ["cut.gz"]);
        }
    }

    [Fact]
    public void Fields_may_be_quoted_and_numbers_are_typed()
    {
        string path = Write("a.csv", "name,x,n\r\n\"Doe, \"\"Jane\"\"\",1.5,2\r\n\"two\nlines\",-1e3, 7\n\nlast,0,3");
        var rows = Dataset.FromCsv(path, row => (row["name"], row.Number<float>("x"), row.Number<int>(^1), row.Line)).ToArray();
        Assert.Equal([("Doe, \"Jane\"", 1.5f, 2, 2L), ("two\nlines", -1000f, 7, 3L), ("last", 0f, 3, 6L)], rows);
        var numbers = Dataset.FromCsv(Zip("b.csv.gz", "1;2;3\n4;5;6\n"), row => (Tensor)row.Numbers<double>(..^1), hasHeader: false, delimiter: ';');
        Assert.Equal([1.0, 2, 4, 5], Assert.Single(numbers.Batch(2)).ToArray<double>());
        Assert.Equal(["say \"hi\""], Dataset.FromCsv(Write("c.tsv", "text\nsay \"hi\"\n"), row => row[0], delimiter: '\t', hasQuotes: false));
        Assert.Equal(["", "x"], Dataset.FromCsv(Write("d.csv", "only\n\nx\n"), row => row["only"]));
        Assert.Empty(Dataset.FromCsv(Write("e.csv", ""), row => row[0]));
    }

    [Theory]
    [InlineData("a,b\n1\n", "line 2: the row has 1 fields, the first one 2")]
    [InlineData("a,b\n1,2,3\n", "line 2: the row has 3 fields")]
    [InlineData("a,b\n\"1,2\n3,4\n", "line 2: a quoted field does not end")]
    [InlineData("a,b\n\"1\"2,3\n", "line 2: '2' follows a quoted field")]
    [InlineData("a,b\n1\",2\n", "line 2: there is a quote within a field")]
    [InlineData("a,b\nx,2\n", "line 2: column 'a' is 'x', not a number of type Single")]
    [InlineData("a,b\n\"1,5\",2\n", "column 'a' is '1,5'")]
    [InlineData("a,b\n\"q\nr\",2\n", "line 2: column 'a'")]
    [InlineData("a,a\n1,2\n", "line 1: two columns are called 'a'")]
    [InlineData("b,c\n1,2\n", "line 2: there is no column 'a' among b, c")]
    public void Rows_that_are_not_as_they_should_be_are_named_with_their_line(string content, string problem) =>
        Expect.Error(DiagnosticIds.BadData, () => Read(Dataset.FromCsv(Write("bad.csv", content), row => row.Number<float>("a"))), "bad.csv", problem);

    [Fact]
    public void Fields_beyond_the_row_are_out_of_range()
    {
        string path = Write("a.csv", "a,b\n1,2\n");
        Expect.Error(DiagnosticIds.OutOfRange, () => Read(Dataset.FromCsv(path, row => row[2])), "field 2 of 2");
        Expect.Error(DiagnosticIds.OutOfRange, () => Read(Dataset.FromCsv(path, row => row[^3])), "of 2");
        Expect.Error(DiagnosticIds.OutOfRange, () => Read(Dataset.FromCsv(path, row => row.Numbers<int>(1..3))), "1..3");
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Dataset.FromCsv(path, row => row[0], delimiter: '"'), []);
    }

    /// <summary>A writer that quotes at random, read back.</summary>
    [Fact]
    public void Random_tables_are_read_as_they_were_written()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int columns = random.Next(1, 4);
            string[][] table = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Enumerable.Range(0, columns).Select(_ =>
                new string(random.GetItems("ab,\"\n\r ü".AsSpan(), random.Next(columns == 1 ? 1 : 0, 5)))).ToArray())];
            string end = random.Next(2) == 0 ? "\n" : "\r\n";
            string text = string.Concat(table.Select(row => string.Join(',', row.Select(Quoted)) + end));
            Assert.Equal(table, Dataset.FromCsv(Write($"{seed}.csv", text), row => Enumerable.Range(0, row.Count).Select(i => row[i]).ToArray(), hasHeader: false));
            string Quoted(string field) => field.AsSpan().ContainsAny(",\"\n\r") || random.Next(3) == 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
        }
    }

    [Fact]
    public void Images_are_labelled_by_their_folder()
    {
        foreach (string name in new[] { "b", "a" })
            Directory.CreateDirectory(PathOf($"images/{name}"));
        Write("images/a/2.raw", "xyz");
        Write("images/a/1.raw", "x");
        Write("images/b/1.raw", "y");
        var dataset = Dataset.FromImageFolder(PathOf("images"), stream => stream.Length);
        Assert.Equal(["a", "b"], Dataset.ClassesOf(PathOf("images")));
        Assert.Equal([(1L, 0), (3, 0), (1, 1)], dataset.Select(pair => (pair.Image.Item<long>(), pair.Label.Item<int>())));
        Assert.Equal(["a/1.raw", "a/2.raw", "b/1.raw"], Dataset.FromFiles(PathOf("images"), "*.raw", recursive: true)
            .Select(path => Path.GetRelativePath(PathOf("images"), path).Replace('\\', '/')));
    }

    [Fact]
    public void Idx_files_have_any_dtype_and_are_checked()
    {
        Assert.Equal([1f, -2], IdxFile.Read(WriteBytes("f", 0, 0, 13, 1, 0, 0, 0, 2, 0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0)).ToArray<float>());
        Tensor bytes = IdxFile.Read(WriteBytes("u", 0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 255));
        Assert.Equal("u8[1, 2]", $"{bytes.Type}");
        Assert.Equal([(short)-2], IdxFile.Read(WriteBytes("s", 0, 0, 11, 1, 0, 0, 0, 1, 255, 254)).ToArray<short>());
        foreach (byte[] bad in new byte[][] { [], [0, 0, 8], [1, 0, 8, 1, 0, 0, 0, 1, 1], [0, 0, 10, 1, 0, 0, 0, 1, 1], [0, 0, 8, 1, 0, 0, 0, 0],
            [0, 0, 8, 1, 0, 0, 0, 2, 1], [0, 0, 8, 1, 0, 0, 0, 1, 1, 1], [0, 0, 8, 1, 127, 255, 255, 255, 1], [0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255, 1] })
        {
            string path = WriteBytes("bad", bad);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Expect.ErrorHere(DiagnosticIds.BadData, () => IdxFile.Read(path), ["bad"]);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        }
    }

    private static string[] Rest(DatasetEnumerator<string> elements)
    {
        var rest = new List<string>();
        while (elements.MoveNext())
            rest.Add(elements.Current);
        return [.. rest];
    }

    private static void Read<T>(Dataset<T> dataset) => Assert.NotEqual(-1, dataset.Count());

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Write(string name, string content) => WriteBytes(name, Encoding.UTF8.GetBytes(content));

    private string WriteBytes(string name, params byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    private string Zip(string name, string content)
    {
        using (var zip = new GZipStream(File.Create(PathOf(name)), CompressionLevel.Fastest))
            zip.Write(Encoding.UTF8.GetBytes(content));
        return PathOf(name);
    }
}
