package incoming

import (
	"regexp"
	"strings"
)

// unsigned takes a signature away from the end of what somebody wrote: what comes after the line that programs put before one,
// and what phones say of themselves.
func unsigned(lines []string) []string {
	for i, line := range lines {
		if said := strings.TrimRight(bare(line), " "); said == "--" || said == "—" && i > 0 {
			lines = lines[:i]
			break
		}
	}
	for end := len(lines); end > 0; end-- {
		said := strings.Trim(bare(lines[end-1]), " *_<>")
		if said == "" || rule.MatchString(said) {
			continue
		}
		if !advert.MatchString(said) {
			return lines[:end]
		}
		lines = lines[:end-1]
	}
	return nil
}

// advert is what phones and programs write under what people write.
var advert = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
	`sent (from|via|with) (my |the )?.{0,60}(iphone|ipad|phone|mobile|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|nokia|blackberry|outlook|yahoo|mail|gmail|proton).{0,60}`,
	`get outlook for .{1,60}`, `sent from .{1,40}`,
	`(envoyé|envoyée|provenance|message envoyé|expédié) *(de|depuis|à partir de|avec|via|par|:) *.{0,60}(iphone|ipad|téléphone|mobile|smartphone|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|nokia|outlook|yahoo|mail|courrier|gmail|proton|orange|sfr).{0,60}`,
	`(obtenez|obtenir|télécharger|téléchargez) outlook pour .{1,60}`,
	`(أُرسلت|أرسلت|أُرسل|أرسل|تم الإرسال|تم ارساله|تم إرساله|مرسل|مرسلة|تم إرسالها) (من|بواسطة|عبر|باستخدام) .{1,60}`,
	`(احصل على|الحصول على|تنزيل) outlook .{1,60}`,
	`https?://aka\.ms/\S+`, `https?://go\.onelink\.me/\S+`,
}, "|") + `)$`)
