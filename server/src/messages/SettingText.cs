namespace Argosy.Server;

/// <summary>What is wrong with a setting: of a value what follows it, without a stop.</summary>
internal static class SettingText
{
    public const string NotFromZero = "is not a whole number from 0";
    public const string NotFromOne = "is not a whole number from 1";
    public const string Durability = "is neither fast (confirmed when the system has it) nor strict (when the disk has it)";
    public const string Flag = "is neither true nor false";
    public const string Access = "is not one of ro (list and read), rw (also write), drop (create only), none";
    public const string OtherHome = "is another user's home to a shell; write the whole path, or ./ before it";
    public const string NoHome = "begins with ~, and HOME is not set; write the whole path";
    public const string Size = "is not a size: write bytes, or a number with K, M, G or T such as 500M";
    public const string NotPositive = "is no time at all";
    public const string Time = "is not a time: write seconds, or a number with ms, s, m, h or d such as 30s";
    public const string Address = "is not an address to listen at: write ADDR:PORT such as 127.0.0.1:7373 or [::]:7373, or a port alone";
    public const string Port = "has no port between 0 and 65535";
    public const string Brackets = "has no IPv6 address between its brackets";
    public const string Ambiguous = "is ambiguous: write an IPv6 address in brackets, such as [::1]:7373";
    public const string Empty = "is empty";
    public const string Path = "is not a path";
    public const string KeyAlone = "Certificate:KeyFile is given without Certificate:File; give both";
    public const string WorkerObject = "a worker's configuration is an object";
    public const string OneObject = "a configuration is one JSON object";
    public const string Strings = "a list holds strings";
    public const string ValueMissing = "a value is missing; remove the key for its default";
    public const string NotJson = "this is not JSON: look for a comma, a quote or a bracket too many or too few, there or just before";

    public static string UnknownHost => Address + " (no address is known for that host)";

    public static string NoPart(string kind, string name, string hint) => $"there is no {kind} \"{name}\"{(hint.Length == 0 ? "." : hint)} Choose one of these:";

    public static string NoSetting(SettingValue value, string hint) => $"{value.Source}: there is no setting \"{value.Key}\"{hint}";

    public static string Wrong(SettingValue value, string reason) => $"{value.Source}: \"{value.Text}\" {reason}";

    public static string TooLong(TimeSpan most) => $"is too long: at most {most.TotalDays:0}d";

    public static string OneProcess(string model, string storage) =>
        $"The model {model} serves in several processes, and storage \"{storage}\" is one process's own; choose another of the two";

    public static string Unread(string path, string reason) => $"The configuration file {path} cannot be read: {reason}";

    public static string Twice(string key) => $"\"{key}\" stands here a second time; remove one";

    public static string At(string path, long line, string what) => $"{path}:{line}: {what}";
}
