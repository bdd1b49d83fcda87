"""What else can be imported: leads, deals, activities, campaigns and their costs."""
