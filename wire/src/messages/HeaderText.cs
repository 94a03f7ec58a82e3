namespace Argosy.Wire;

/// <summary>What is wrong with the JSON of a header: its form, its keys, their values (docs/protocol.md section 1).</summary>
internal static class HeaderText
{
    public const string NotUtf8 = "The header is not UTF-8.";
    public const string NotAnObject = "The header is not a JSON object.";
    public const string LoneSurrogate = "A string has a lone surrogate.";
    public const string AKeyTwice = "A key stands twice.";
    public const string Fraction = "A number has a fraction or an exponent.";
    public const string Beyond = "A number is beyond 2^53.";
    public const string TrailerWithBody = "A trailer has no body.";
    public const string BodyWithOffset = "The key body has to be given where offset is.";
    public const string NamesDiffer = "The keys path, filename and file_name contradict each other.";
    public const string SizesDiffer = "The keys size, filesize and file_size contradict each other.";

    public static readonly string TooManyKeys = $"The header has more than {Limits.Members} keys.";

    public static string Twice(Field key) => $"The key {key.Name()} stands twice.";

    public static string Missing(Field key) => $"The key {key.Name()} is missing.";

    public static string Exclude(Field one, Field other) => $"The keys {one.Name()} and {other.Name()} exclude each other.";

    public static string HasNul(Field key) => $"The key {key.Name()} has a NUL.";

    /// <param name="key">Whose value is of the wrong type or out of range.</param>
    /// <param name="wanted">One of <see cref="Wanted"/>.</param>
    public static string HasToBe(Field key, string wanted) => $"The key {key.Name()} has to be {wanted}.";

    /// <summary>What a key's value has to be.</summary>
    public static class Wanted
    {
        public const string Number = "a whole number";
        public const string Boolean = "true or false";
        public const string Text = "a string";
        public const string Base64 = "base64";
        public const string Texts = "an array of strings";
        public const string Body = "a whole number from 0 or \"chunked\"";
        public const string Check = "\"crc32c\" or \"none\"";
        public const string Status = "\"ok\", \"continue\" or \"error\"";

        public static readonly string FewTexts = $"an array of at most {Limits.Members} strings";

        public static string NumberWithin(long least, long most) => $"a whole number from {least} to {most}";

        public static string Hexadecimal(int digits) => $"{digits} lower-case hexadecimal digits";

        public static string UploadId(int longest) => $"1 to {longest} of A-Z a-z 0-9 . _ -";
    }
}
