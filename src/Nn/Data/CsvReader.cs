using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;

namespace TensorGraph;

/// <summary>Reads rows of comma-separated values (RFC 4180). Strict: what is not of that form is an error with its line.</summary>
internal static class CsvReader
{
    private const string Step = "csv";

    public static IEnumerable<CsvRow> Read(string path, bool hasHeader, char delimiter, bool hasQuotes)
    {
        using var reader = new StreamReader(DataFile.Open(Step, path));
        IReadOnlyDictionary<string, int>? columns = hasHeader ? null : ReadOnlyDictionary<string, int>.Empty;
        int? count = null;
        long line = 1;
        while (true)
        {
            long first = line;
            var fields = DataFile.Try(Step, path, () => Row(reader, path, ref line, delimiter, hasQuotes));
            if (fields is null)
                yield break;
            // An empty line is no row, unless rows have one field.
            if (fields is [""] && count is not (null or 1))
                continue;
            count ??= fields.Length;
            if (fields.Length != count)
                throw Bad(path, first, $"the row has {fields.Length} fields, the first one {count}");
            if (columns is null)
                columns = Header(path, fields);
            else
                yield return new(path, first, columns, fields);
        }
    }

    public static GraphException Bad(string path, long line, string problem) =>
        DataFile.Bad(Step, path, string.Create(CultureInfo.InvariantCulture, $"line {line}: {problem}"));

    private static Dictionary<string, int> Header(string path, string[] names)
    {
        Dictionary<string, int> columns = [];
        foreach (var (index, name) in names.Index())
        {
            if (!columns.TryAdd(name, index))
                throw Bad(path, 1, $"two columns are called '{name}'");
        }

        return columns;
    }

    // Null at the end of the file.
    private static string[]? Row(StreamReader reader, string path, ref long line, char delimiter, bool hasQuotes)
    {
        if (reader.Peek() < 0)
            return null;
        var fields = new List<string>();
        var field = new StringBuilder();
        while (true)
        {
            bool isQuoted = hasQuotes && field.Length == 0 && reader.Peek() == '"';
            if (isQuoted)
                Quoted(reader, path, ref line, field);
            int next = reader.Read();
            while (!isQuoted && !IsEnd(next, delimiter))
            {
                if (hasQuotes && next == '"')
                    throw Bad(path, line, "there is a quote within a field without quotes");
                field.Append((char)next);
                next = reader.Read();
            }

            if (!IsEnd(next, delimiter))
                throw Bad(path, line, $"'{(char)next}' follows a quoted field");
            fields.Add(field.ToString());
            field.Clear();
            if (next == delimiter)
                continue;
            if (next == '\r' && reader.Peek() == '\n')
                _ = reader.Read();
            line++;
            return [.. fields];
        }
    }

    private static bool IsEnd(int letter, char delimiter) => letter < 0 || letter == delimiter || letter is '\r' or '\n';

    private static void Quoted(StreamReader reader, string path, ref long line, StringBuilder field)
    {
        long first = line;
        _ = reader.Read();
        while (true)
        {
            int next = reader.Read();
            if (next < 0)
                throw Bad(path, first, "a quoted field does not end");
            if (next == '"' && reader.Peek() != '"')
                return;
            if (next == '"')
                _ = reader.Read();
            // A line may end in one letter or in two.
            if (next == '\n' || (next == '\r' && reader.Peek() != '\n'))
                line++;
            field.Append((char)next);
        }
    }
}
