using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TensorGraph.Serving;

/// <summary>Reads messages from the text format of protocol buffers, in which the files of flags are written.</summary>
internal sealed class TextProto
{
    private const int DeepestMessage = 64;

    private readonly TextProtoTokens _tokens;

    private TextProto(string text) => _tokens = new(text);

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">The text is not of this message; the line is named.</exception>
    public static T Parse<T>(string text)
        where T : IMessage, new()
    {
        var message = new T();
        new TextProto(text).Message(message, end: null, depth: 0);
        return message;
    }

    private void Message(IMessage message, string? end, int depth)
    {
        if (depth > DeepestMessage)
            throw _tokens.Fault("messages are nested too deeply");
        // By the name of the field, or of the choice that it is one of.
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_tokens.Current != (end ?? ""))
        {
            string name = _tokens.Take();
            var field = name.Length > 0 ? message.Descriptor.FindFieldByName(name) : null;
            if (field is null)
                throw _tokens.Fault(name.Length == 0 ? $"'{end}' is missing" : $"{message.Descriptor.Name} has no field '{name}'");
            if (!field.IsRepeated && !given.TryAdd(field.RealContainingOneof?.Name ?? name, name))
            {
                string before = given[field.RealContainingOneof?.Name ?? name];
                throw _tokens.Fault(before == name ? $"'{name}' is there twice" : $"'{before}' and '{name}' are there, and only one of them may be");
            }

            bool hasColon = _tokens.TryTake(":");
            if (_tokens.TryTake("["))
            {
                if (!field.IsRepeated)
                    throw _tokens.Fault($"'{name}' is no list");
                while (!_tokens.TryTake("]"))
                {
                    Set(message, field, hasColon: true, depth);
                    _tokens.TryTake(",");
                }
            }
            else
            {
                Set(message, field, hasColon, depth);
            }

            if (!_tokens.TryTake(","))
                _tokens.TryTake(";");
        }

        if (end is not null)
            _tokens.Take();
    }

    private void Set(IMessage message, FieldDescriptor field, bool hasColon, int depth)
    {
        if (field.FieldType != FieldType.Message && !hasColon)
            throw _tokens.Fault($"':' is missing after '{field.Name}'");
        if (field.IsMap)
        {
            var (key, value) = Entry(field.MessageType, depth);
            var map = (IDictionary)field.Accessor.GetValue(message);
            if (map.Contains(key))
                throw _tokens.Fault($"'{field.Name}' has the key '{key}' twice");
            map[key] = value;
        }
        else if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(Value(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    private object Value(FieldDescriptor field, int depth)
    {
        if (field.FieldType != FieldType.Message)
            return Scalar(field);
        string end = Open();
        // Wrappers of numbers are nullable numbers in C#.
        if (field.MessageType.File.Name == "google/protobuf/wrappers.proto")
        {
            var inner = field.MessageType.Fields[1];
            object value = inner.FieldType switch { FieldType.Bool => false, FieldType.String => "", _ => 0L };
            while (!_tokens.TryTake(end))
            {
                if (_tokens.Take() != "value" || !_tokens.TryTake(":"))
                    throw _tokens.Fault($"'{field.Name}' is written {field.Name} {{ value: … }}");
                value = Scalar(inner);
            }

            return value;
        }

        var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
        Message(message, end, depth + 1);
        return message;
    }

    private (object Key, object Value) Entry(MessageDescriptor entry, int depth)
    {
        string end = Open();
        var keyField = entry.Fields[1];
        var valueField = entry.Fields[2];
        object? key = null, value = null;
        while (!_tokens.TryTake(end))
        {
            string name = _tokens.Take();
            _tokens.TryTake(":");
            if (name == "key")
                key = Scalar(keyField);
            else if (name == "value")
                value = Value(valueField, depth + 1);
            else
                throw _tokens.Fault("an entry of a map has a key and a value");
            if (!_tokens.TryTake(","))
                _tokens.TryTake(";");
        }

        return (key ?? throw _tokens.Fault("an entry of a map has no key"), value ?? throw _tokens.Fault("an entry of a map has no value"));
    }

    private string Open()
    {
        if (_tokens.TryTake("{"))
            return "}";
        return _tokens.TryTake("<") ? ">" : throw _tokens.Fault("'{' is missing");
    }

    private object Scalar(FieldDescriptor field)
    {
        string text = _tokens.IsText ? _tokens.TakeText() : _tokens.Take();
        const NumberStyles Integer = NumberStyles.AllowLeadingSign;
        var culture = CultureInfo.InvariantCulture;
        object? value = field.FieldType switch
        {
            FieldType.String when _tokens.WasText => text,
            FieldType.Int64 when long.TryParse(text, Integer, culture, out long number) => number,
            FieldType.Int32 when int.TryParse(text, Integer, culture, out int number) => number,
            FieldType.UInt32 when uint.TryParse(text, NumberStyles.None, culture, out uint number) => number,
            FieldType.Double when double.TryParse(text, NumberStyles.Float, culture, out double number) => number,
            FieldType.Bool when text is "true" or "True" or "t" or "1" => true,
            FieldType.Bool when text is "false" or "False" or "f" or "0" => false,
            _ => null,
        };
        return value ?? throw _tokens.Fault($"'{text}' is no value of '{field.Name}'");
    }
}
