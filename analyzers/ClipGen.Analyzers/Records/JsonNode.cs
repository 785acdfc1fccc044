namespace ClipGen.Analyzers.Records;

/// <summary>A value of a JSON text: a text, a number, an object, an array, or none of these.</summary>
internal sealed class JsonNode
{
    /// <summary><c>true</c>, <c>false</c> and <c>null</c>, which records do not use.</summary>
    public static readonly JsonNode Other = new();

    /// <summary>The text, where it is one.</summary>
    public string? Text { get; init; }

    /// <summary>The number, where it is one.</summary>
    public double? Number { get; init; }

    /// <summary>The members, where it is an object.</summary>
    public Dictionary<string, JsonNode>? Members { get; init; }

    /// <summary>The items; none where it is no array.</summary>
    public IReadOnlyList<JsonNode> Items { get; init; } = Array.Empty<JsonNode>();

    /// <summary>The member of that name, or <see cref="Other"/>.</summary>
    public JsonNode this[string name] => Members is not null && Members.TryGetValue(name, out JsonNode? member) ? member : Other;
}
