namespace Argosy.Files;

/// <summary>What is wrong with a line of accounts to import; without a stop.</summary>
internal static class ImportText
{
    public const string KeyBeforeSection = "a key stands before the first [section]";
    public const string Indented = "the line is indented more than the key above, as if its value went on: indent both alike";
    public const string Section = "a section reads [name]";
    public const string Line = "a line reads Key = value";
    public const string NotUtf8 = "the line is not UTF-8: save the file in that encoding";
    public const string HomeAbsolute = "Home is an absolute path";
    public const string QuotaTwice = "Quota and Quotation are two words for one thing: leave one of them out";
    public const string BadQuota = "Quota is a number of bytes, or one with K, M, G or T such as 500M";
    public const string BadQuotation = "Quotation is a whole number of MiB; Quota takes sizes such as 500M";

    public static string SectionTwice(string name, int line) => $"the section [{AccountName.ForLog(name)}] stands in line {line} already";

    public static string KeyTwice(string key, int line) => $"'{AccountName.ForLog(key)}' stands in line {line} already";

    public static string UnknownKey(string key) => $"'{AccountName.ForLog(key)}' is unknown here: known are Password, Quota, Home";

    public static string AccountExists(string name) => $"the account '{AccountName.ForLog(name)}' already exists";

    public static string Unserved(string name, string reason) => $"the account '{AccountName.ForLog(name)}' could not be served: {reason}";

    public static string OtherSpelling(string name, int line) => $"'{AccountName.ForLog(name)}' is the name of line {line} in another spelling";

    public static string NoPassword(string name) => $"[{AccountName.ForLog(name)}] has no Password";

    public static string BadPassword(int most) => $"a Password has 1 to {most} characters, none of them control characters";
}
