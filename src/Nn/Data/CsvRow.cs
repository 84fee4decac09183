using System.Globalization;
using System.Numerics;

namespace TensorGraph;

/// <summary>A row of a file of comma-separated values. Errors name the file, the line and the column.</summary>
public sealed class CsvRow
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, int> _columns;
    private readonly string[] _fields;

    internal CsvRow(string path, long line, IReadOnlyDictionary<string, int> columns, string[] fields) =>
        (_path, Line, _columns, _fields) = (path, line, columns, fields);

    /// <summary>The line in the file where it starts, from 1 on.</summary>
    public long Line { get; }

    /// <summary>Number of fields.</summary>
    public int Count => _fields.Length;

    /// <summary>The text of a field. Errors: TG1002 null, TG1006 no such column.</summary>
    /// <param name="column">Its name in the header.</param>
    public string this[string column] => _fields[IndexOf(column)];

    /// <summary>The text of a field. Errors: TG2004 no such field.</summary>
    /// <param name="index">Its number from 0 on, or from the end.</param>
    public string this[Index index] => _fields[IndexOf(index)];

    /// <summary>A field as a number, written with a decimal point. Errors: TG1002 null, TG1006 no such column, or not such a number.</summary>
    /// <typeparam name="T">Type of the number.</typeparam>
    /// <param name="column">Its name in the header.</param>
    public T Number<T>(string column)
        where T : INumberBase<T> => Parse<T>(IndexOf(column));

    /// <summary>A field as a number, written with a decimal point. Errors: TG1006 not a number of this type, TG2004 no such field.</summary>
    /// <typeparam name="T">Type of the number.</typeparam>
    /// <param name="index">Its number from 0 on, or from the end.</param>
    public T Number<T>(Index index)
        where T : INumberBase<T> => Parse<T>(IndexOf(index));

    /// <summary>Fields side by side as numbers. Errors: TG1006 not a number of this type, TG2004 no such fields.</summary>
    /// <typeparam name="T">Type of the numbers.</typeparam>
    /// <param name="fields">Which ones: <c>..^1</c> for all but the last.</param>
    public T[] Numbers<T>(Range fields)
        where T : INumberBase<T>
    {
        int start = fields.Start.GetOffset(Count), end = fields.End.GetOffset(Count);
        if (start < 0 || end < start || end > Count)
            Throw.Range("csv", $"fields {fields} of {Count}", "Pass a range within the row.");
        return [.. Enumerable.Range(start, end - start).Select(Parse<T>)];
    }

    private T Parse<T>(int field)
        where T : INumberBase<T>
    {
        // No thousands separators: 1,5 is not 15.
        if (T.TryParse(_fields[field], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        string column = _columns.FirstOrDefault(each => each.Value == field).Key is { } name ? $"column '{name}'" : $"field {field}";
        throw CsvReader.Bad(_path, Line, $"{column} is '{_fields[field]}', not a number of type {typeof(T).Name}");
    }

    private int IndexOf(string column) => _columns.TryGetValue(Check.NotNull(column), out int index) ? index
        : throw CsvReader.Bad(_path, Line, $"there is no column '{column}'{(_columns.Count == 0 ? " without a header" : $" among {string.Join(", ", _columns.Keys)}")}");

    private int IndexOf(Index index)
    {
        int field = index.GetOffset(Count);
        if (field < 0 || field >= Count)
            Throw.Range("csv", $"field {index} of {Count}", "Pass an index within the row.");
        return field;
    }
}
